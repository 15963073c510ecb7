// Tunnels: an interface that reaches the other hosts through the addresses of the interface below.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf } from '../../model/index.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { assertNotConnected, freeDevice, freshMac, insertVirtualPif } from '../pif/rules.ts';

const create = (tx: Tx, { transport_PIF: below, network, protocol }: BoundParamsOf<'tunnel.create'>): Ref<'tunnel'> => {
  const pif = tx.need('PIF', below);
  assertNotConnected(tx, network, pif.host);
  if (pif.sriov_logical_PIF_of.length > 0) throw new XenError('CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL', [below]);
  if (pif.tunnel_access_PIF_of.length > 0) throw new XenError('IS_TUNNEL_ACCESS_PIF', [below]);
  if (pif.ip_configuration_mode === 'None') throw new XenError('TRANSPORT_PIF_NOT_CONFIGURED', [below]);
  const access = insertVirtualPif(tx, pif, {
    device: freeDevice(tx, pif.host, 'tunnel'),
    network,
    MAC: freshMac(),
    VLAN: -1,
    igmp_snooping_status: pif.igmp_snooping_status,
  });
  return tx.insert('tunnel', { access_PIF: access, transport_PIF: below, protocol, status: { active: 'false' } });
};

export const tunnelOps: OpsOf<'tunnel'> = {
  create: (call, params) => changeNetwork(call, tx => create(tx, params)),
  destroy: (call, { self }) =>
    changeNetwork(call, tx => {
      const { access_PIF: access } = tx.need('tunnel', self);
      tx.delete('tunnel', self);
      if (tx.get('PIF', access)) tx.delete('PIF', access);
    }),
};
