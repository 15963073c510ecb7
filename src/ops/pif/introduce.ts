// How PIFs come to be known and are forgotten: found on the machine, named by hand, brought in from another database.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { PhysicalInterface } from '../../drivers/network.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf } from '../../model/index.ts';
import { insertInterface, syncInterfaces } from '../boot/networks.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { destroyVlan } from '../vlan/one.ts';
import { assertUnpluggable } from './plug.ts';
import { isMac } from './rules.ts';

/** The machine's interface of that name and address; either may be left open. */
const findInterface = (interfaces: readonly PhysicalInterface[], device: string, mac: string): PhysicalInterface => {
  const found = interfaces.find(port => (device === '' || port.device === device) && (mac === '' || port.mac.toLowerCase() === mac));
  if (found) return found;
  throw new XenError('COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS', [device, mac]);
};

const assertNewDevice = (db: Reader, host: Ref<'host'>, device: string): void => {
  const known = db.referrers('PIF', 'host', host).map(ref => db.need('PIF', ref));
  if (known.some(pif => pif.physical && pif.device === device)) throw new XenError('DUPLICATE_PIF_DEVICE_NAME', [device]);
};

const forget = (tx: Tx, self: Ref<'PIF'>): void => {
  const pif = tx.need('PIF', self);
  if (!isNullRef(pif.bond_slave_of)) throw new XenError('PIF_BOND_STILL_EXISTS', [pif.bond_slave_of]);
  if (pif.VLAN_slave_of.length > 0 || !isNullRef(pif.VLAN_master_of)) throw new XenError('PIF_VLAN_STILL_EXISTS', [self]);
  if (pif.tunnel_access_PIF_of.length + pif.tunnel_transport_PIF_of.length > 0) throw new XenError('PIF_TUNNEL_STILL_EXISTS', [self]);
  if (pif.sriov_logical_PIF_of.length > 0) throw new XenError('CANNOT_FORGET_SRIOV_LOGICAL', [self]);
  if (pif.sriov_physical_PIF_of.length > 0) throw new XenError('PIF_SRIOV_STILL_EXISTS', [self]);
  assertUnpluggable(tx, self);
  deletePif(tx, self);
};

const deletePif = (tx: Tx, self: Ref<'PIF'>): void => {
  const { metrics } = tx.need('PIF', self);
  tx.delete('PIF', self);
  if (tx.get('PIF_metrics', metrics) && tx.referrers('PIF', 'metrics', metrics).length === 0) tx.delete('PIF_metrics', metrics);
};

const dbIntroduce = (tx: Tx, params: BoundParamsOf<'PIF.db_introduce'>): Ref<'PIF'> => {
  tx.need('host', params.host);
  tx.need('network', params.network);
  const metrics = tx.insert('PIF_metrics', {});
  return tx.insert('PIF', { ...params, metrics, currently_attached: false });
};

export const introduceOps: OpsOf<'PIF'> = {
  scan: async (call, { host }) => {
    const { services } = call;
    services.db.need('host', host);
    const { ownsNics } = await services.network.probe();
    const ports = await services.network.interfaces();
    await changeNetwork(call, tx => syncInterfaces(tx, host, ports, { ownsNics }));
  },
  introduce: async (call, { host, MAC, device, managed }) => {
    const { services } = call;
    services.db.need('host', host);
    const mac = MAC.toLowerCase();
    if (mac !== '' && !isMac(mac)) throw new XenError('MAC_INVALID', [MAC]);
    assertNewDevice(services.db, host, device);
    const port = findInterface(await services.network.interfaces(), device, mac);
    return changeNetwork(call, tx => {
      assertNewDevice(tx, host, port.device);
      return insertInterface(tx, host, port, { managed });
    });
  },
  /** Only the record: for a database that is brought in. */
  db_introduce: (call, params) => change(call.services.db, tx => dbIntroduce(tx, params)),
  pool_introduce: (call, params) => change(call.services.db, tx => dbIntroduce(tx, params)),
  db_forget: (call, { self }) => changeNetwork(call, tx => deletePif(tx, self)),
  forget: (call, { self }) => changeNetwork(call, tx => forget(tx, self)),
  /** Of a VLAN's interface: the VLAN goes too. */
  destroy: (call, { self }) =>
    changeNetwork(call, tx => {
      const { VLAN_master_of: vlan } = tx.need('PIF', self);
      if (isNullRef(vlan)) throw new XenError('PIF_IS_PHYSICAL', [self]);
      destroyVlan(tx, vlan);
    }),
};
