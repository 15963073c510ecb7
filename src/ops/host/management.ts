// Which interface of the host carries its management: moved, given up, moved on all hosts of the pool. It is on trial, as each change
// of the network that the management stands on; giving it up is on purpose, and final.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { Call, OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { recordAddresses } from '../network/record-addresses.ts';
import { assertOwnAddresses } from '../network/own-addresses.ts';
import { plugPif } from '../pif/plug.ts';

export const managementPif = (db: Reader, host: Ref<'host'>): Ref<'PIF'> | undefined =>
  db.need('host', host).PIFs.find(pif => db.need('PIF', pif).management);

const assertNoHa = (db: Reader): void => {
  for (const [, pool] of db.all('pool')) if (pool.ha_enabled) throw new XenError('HA_IS_ENABLED');
};

/** Throws when the host could not be reached by this interface. */
const assertUsable = (db: Reader, self: Ref<'PIF'>, current: Ref<'PIF'> | undefined): void => {
  const pif = db.need('PIF', self);
  if (!pif.managed) throw new XenError('PIF_UNMANAGED', [self]);
  if (pif.sriov_logical_PIF_of.length > 0) throw new XenError('PIF_IS_SRIOV_LOGICAL', [self]);
  if (!isNullRef(pif.bond_slave_of)) throw new XenError('CANNOT_PLUG_BOND_SLAVE', [self]);
  if (pif.primary_address_type === 'IPv6') {
    if (pif.ipv6_configuration_mode === 'None') throw new XenError('PIF_HAS_NO_V6_NETWORK_CONFIGURATION', [self]);
  } else if (pif.ip_configuration_mode === 'None') throw new XenError('PIF_HAS_NO_NETWORK_CONFIGURATION', [self]);
  if (current !== undefined && db.need('PIF', current).primary_address_type !== pif.primary_address_type)
    throw new XenError('PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE', [self]);
};

const moveManagement = (tx: Tx, host: Ref<'host'>, self: Ref<'PIF'>): void => {
  const current = managementPif(tx, host);
  if (current === self) return;
  plugPif(tx, self);
  if (current !== undefined) tx.update('PIF', current, { management: false, disallow_unplug: false });
  tx.update('PIF', self, { management: true, disallow_unplug: true });
};

const reconfigure = async (call: Call, pif: Ref<'PIF'>): Promise<void> => {
  const { db, self } = call.services;
  assertNoHa(db);
  const { host } = db.need('PIF', pif);
  if (host !== self.host) throw new XenError('HOST_OFFLINE', [host]);
  assertUsable(db, pif, managementPif(db, host));
  await assertOwnAddresses(call.services);
  await changeNetwork(call, tx => {
    assertUsable(tx, pif, managementPif(tx, host));
    moveManagement(tx, host, pif);
  });
  await recordAddresses(call.services);
};

/** A name of the machine: of the interface, or of the bridge it is on. */
const pifOfInterface = (db: Reader, host: Ref<'host'>, name: string): Ref<'PIF'> => {
  const pifs = db.need('host', host).PIFs;
  const found =
    pifs.find(pif => db.get('network', db.need('PIF', pif).network)?.bridge === name) ??
    pifs.find(pif => db.need('PIF', pif).device === name && db.need('PIF', pif).VLAN < 0);
  if (found === undefined) throw new XenError('INTERFACE_HAS_NO_IP', [name]);
  return found;
};

export const managementOps: OpsOf<'host'> = {
  management_reconfigure: (call, { pif }) => reconfigure(call, pif),
  management_disable: async call => {
    const { host } = call.services.self;
    assertNoHa(call.services.db);
    await changeNetwork(call, tx => {
      const current = managementPif(tx, host);
      if (current !== undefined) tx.update('PIF', current, { management: false, disallow_unplug: false });
    });
  },
  /** For a host that nobody else can tell: here, one that has given its management up. */
  local_management_reconfigure: async (call, { interface: name }) => {
    const { db, self } = call.services;
    if (managementPif(db, self.host) !== undefined) throw new XenError('NOT_IN_EMERGENCY_MODE');
    await reconfigure(call, pifOfInterface(db, self.host, name));
  },
};

export const poolManagementOps: OpsOf<'pool'> = {
  management_reconfigure: async (call, { network }) => {
    const { db, self } = call.services;
    assertNoHa(db);
    const { PIFs: pifs } = db.need('network', network);
    for (const [host] of db.all('host'))
      if (!pifs.some(pif => db.need('PIF', pif).host === host)) throw new XenError('PIF_NOT_PRESENT', [host, network]);
    const own = pifs.find(pif => db.need('PIF', pif).host === self.host);
    if (own !== undefined) await reconfigure(call, own);
  },
};
