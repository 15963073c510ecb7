// One VLAN: a tagged interface below, an untagged one above that is connected to the VLAN's network.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import { assertNotConnected, insertVirtualPif, isBonded } from '../pif/rules.ts';
import { freshRef } from '../refs.ts';

const MAX_TAG = 4094;

/** The address of an interface that has none of its own. */
const NO_MAC = 'fe:ff:ff:ff:ff:ff';

/** An interface as it was before many are made on it, and what it had by then, by tag. */
export interface Below {
  readonly pif: RecordOf<'PIF'>;
  readonly vlans: ReadonlyMap<number, Ref<'VLAN'>>;
}

const isTaken = (db: Reader, pif: RecordOf<'PIF'>, tag: number, known: Below | undefined): boolean =>
  known ? known.vlans.has(tag) : pif.VLAN_slave_of.some(vlan => db.need('VLAN', vlan).tag === tag);

const assertPossible = (db: Reader, below: Ref<'PIF'>, network: Ref<'network'>, tag: number, known: Below | undefined): void => {
  const pif = known?.pif ?? db.need('PIF', below);
  assertNotConnected(db, network, pif.host);
  if (tag < 0 || tag > MAX_TAG) throw new XenError('VLAN_TAG_INVALID', [String(tag)]);
  if (isBonded(pif)) throw new XenError('CANNOT_ADD_VLAN_TO_BOND_SLAVE', [below]);
  if (!isNullRef(pif.VLAN_master_of)) throw new XenError('PIF_IS_VLAN', [below]);
  if (pif.sriov_logical_PIF_of.length > 0) throw new XenError('PIF_IS_SRIOV_LOGICAL', [below]);
  if (isTaken(db, pif, tag, known)) throw new XenError('PIF_VLAN_EXISTS', [pif.device]);
};

/** Throws what `assertPossible` finds. `known`: for callers that make many, each tag once. */
export const createVlan = (tx: Tx, below: Ref<'PIF'>, network: Ref<'network'>, tag: number, known?: Below): Ref<'VLAN'> => {
  assertPossible(tx, below, network, tag, known);
  const pif = known?.pif ?? tx.need('PIF', below);
  const vlan = freshRef<'VLAN'>();
  const untagged = insertVirtualPif(tx, pif, { device: pif.device, network, MAC: NO_MAC, VLAN: tag, VLAN_master_of: vlan });
  tx.insert('VLAN', { tagged_PIF: below, untagged_PIF: untagged, tag }, vlan);
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
