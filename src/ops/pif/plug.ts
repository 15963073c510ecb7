// PIF.plug and PIF.unplug: whether the host's network has the interface.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { enableFunctions, disableFunctions, physicalBelow } from '../network-sriov/functions.ts';

/** Throws when the interface carries the management, is not to be unplugged, or has guests on it. */
export const assertUnpluggable = (db: Reader, self: Ref<'PIF'>): void => {
  const pif = db.need('PIF', self);
  if (pif.management) throw new XenError('PIF_IS_MANAGEMENT_INTERFACE', [self]);
  if (pif.disallow_unplug) throw new XenError('PIF_DOES_NOT_ALLOW_UNPLUG', [self]);
  const used = db.need('network', pif.network).VIFs.find(vif => db.need('VIF', vif).currently_attached);
  if (used !== undefined) throw new XenError('VIF_IN_USE', [pif.network, used]);
};

const assertTransport = (db: Reader, self: Ref<'PIF'>): void => {
  for (const tunnel of db.need('PIF', self).tunnel_access_PIF_of) {
    const { transport_PIF: below } = db.need('tunnel', tunnel);
    if (db.need('PIF', below).ip_configuration_mode === 'None') throw new XenError('TRANSPORT_PIF_NOT_CONFIGURED', [below]);
  }
};

/** The interface, and the one that it stands on. */
export const plugPif = (tx: Tx, self: Ref<'PIF'>): void => {
  const pif = tx.need('PIF', self);
  if (!isNullRef(pif.bond_slave_of)) throw new XenError('CANNOT_PLUG_BOND_SLAVE', [self]);
  assertTransport(tx, self);
  const below = [
    ...(isNullRef(pif.VLAN_master_of) ? [] : [tx.need('VLAN', pif.VLAN_master_of).tagged_PIF]),
    ...pif.tunnel_access_PIF_of.map(tunnel => tx.need('tunnel', tunnel).transport_PIF),
  ];
  for (const ref of below) plugPif(tx, ref);
  tx.update('PIF', self, { currently_attached: true });
};

export const plugOps: OpsOf<'PIF'> = {
  plug: async (call, { self }) => {
    const functions = physicalBelow(call.services, self);
    if (functions !== undefined) await enableFunctions(call.services, functions);
    await changeNetwork(call, tx => plugPif(tx, self));
  },
  unplug: async (call, { self }) => {
    const functions = physicalBelow(call.services, self);
    assertUnpluggable(call.services.db, self);
    if (functions !== undefined) await disableFunctions(call.services, functions);
    await changeNetwork(call, tx => {
      assertUnpluggable(tx, self);
      tx.update('PIF', self, { currently_attached: false });
    });
  },
};
