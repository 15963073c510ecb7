// VLANs: a tagged interface below, an untagged one above that is connected to the VLAN's network.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { assertNotConnected, insertVirtualPif, isBonded } from '../pif/rules.ts';

const MAX_TAG = 4094;

/** The address of an interface that has none of its own. */
const NO_MAC = 'fe:ff:ff:ff:ff:ff';

const assertPossible = (db: Reader, below: Ref<'PIF'>, network: Ref<'network'>, tag: number): void => {
  const pif = db.need('PIF', below);
  assertNotConnected(db, network, pif.host);
  if (tag < 0 || tag > MAX_TAG) throw new XenError('VLAN_TAG_INVALID', [String(tag)]);
  if (isBonded(pif)) throw new XenError('CANNOT_ADD_VLAN_TO_BOND_SLAVE', [below]);
  if (!isNullRef(pif.VLAN_master_of)) throw new XenError('PIF_IS_VLAN', [below]);
  if (pif.VLAN_slave_of.some(vlan => db.need('VLAN', vlan).tag === tag)) throw new XenError('PIF_VLAN_EXISTS', [pif.device]);
};

/** Throws what `assertPossible` finds. */
export const createVlan = (tx: Tx, below: Ref<'PIF'>, network: Ref<'network'>, tag: number): Ref<'VLAN'> => {
  assertPossible(tx, below, network, tag);
  const pif = tx.need('PIF', below);
  const untagged = insertVirtualPif(tx, pif, { device: pif.device, network, MAC: NO_MAC, VLAN: tag });
  const vlan = tx.insert('VLAN', { tagged_PIF: below, untagged_PIF: untagged, tag });
  tx.update('PIF', untagged, { VLAN_master_of: vlan });
  return vlan;
};

/** The VLAN and its untagged interface. */
export const destroyVlan = (tx: Tx, self: Ref<'VLAN'>): void => {
  const { untagged_PIF: untagged } = tx.need('VLAN', self);
  const pif = tx.get('PIF', untagged);
  const plugged = pif && tx.get('network', pif.network)?.VIFs.find(vif => tx.need('VIF', vif).currently_attached);
  if (plugged !== undefined) throw new XenError('VIF_IN_USE', [pif?.network ?? '', plugged]);
  if (pif?.management === true) throw new XenError('PIF_IS_MANAGEMENT_INTERFACE', [untagged]);
  if (pif) tx.delete('PIF', untagged);
  tx.delete('VLAN', self);
};

export const vlanOps: OpsOf<'VLAN'> = {
  create: (call, { tagged_PIF, tag, network }) => changeNetwork(call, tx => createVlan(tx, tagged_PIF, network, tag)),
  destroy: (call, { self }) => changeNetwork(call, tx => destroyVlan(tx, self)),
};

/** A VLAN on the interface of this name of every host. */
const onEveryHost = (tx: Tx, device: string, network: Ref<'network'>, tag: number): readonly Ref<'PIF'>[] => {
  const below = [...tx.all('PIF')].filter(([, pif]) => pif.device === device && pif.VLAN === -1).map(([ref]) => ref);
  return below.map(ref => tx.need('VLAN', createVlan(tx, ref, network, tag)).untagged_PIF);
};

export const vlanPoolOps: OpsOf<'pool'> = {
  create_VLAN: (call, { device, network, VLAN }) => changeNetwork(call, tx => onEveryHost(tx, device, network, VLAN)),
  create_VLAN_from_PIF: (call, { pif, network, VLAN }) =>
    changeNetwork(call, tx => onEveryHost(tx, tx.need('PIF', pif).device, network, VLAN)),
};
