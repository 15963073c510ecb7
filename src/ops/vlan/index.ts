// The messages of the class VLAN, and those of the pool that make one on every host.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { createVlan, destroyVlan } from './one.ts';

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
