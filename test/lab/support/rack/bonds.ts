// Bonds of a rack's hosts made by hand, and waiting for what LACP comes to: for suites that need a network and not its toolstack.

import type { PrivateOvs } from './private-ovs.ts';
import type { RackHost } from './rack.ts';
import { until } from './wait.ts';

export interface BondByHand {
  readonly bridge: string;
  readonly bond: string;
  readonly mode: 'balance-tcp' | 'balance-slb' | 'active-backup';
  readonly lacp: 'active' | 'passive' | 'off';
}

/** A bridge with all NICs of the host bonded. */
export const bondByHand = async ({ ovs, nics }: RackHost, { bridge, bond, mode, lacp }: BondByHand): Promise<void> => {
  const settings = [`bond_mode=${mode}`, `lacp=${lacp}`, 'other_config:lacp-time=fast'];
  const addBridge = ['add-br', bridge, '--', 'set', 'bridge', bridge, 'datapath_type=netdev'];
  await ovs.vsctl(...addBridge, '--', 'add-bond', bridge, bond, ...nics, '--', 'set', 'port', bond, ...settings);
};

/** Resolves, with the ms it took, when so many members of a bond may carry frames. */
export const untilEnabled = (ovs: PrivateOvs, bond: string, members: number): Promise<number> =>
  until(`${members} members of ${bond} enabled`, async () => {
    const seen = await ovs.appctl('bond/show', bond);
    return { done: (seen.match(/^(member|slave) \S+: enabled/gm) ?? []).length === members, seen };
  });

/** Resolves, with the ms it took, when so many members have a partner that they agree with. */
export const untilNegotiated = (ovs: PrivateOvs, bond: string, members: number): Promise<number> =>
  until(`LACP on ${members} members of ${bond}`, async () => {
    const seen = await ovs.appctl('lacp/show', bond);
    const agreed = seen.match(/partner state: .*synchronized collecting distributing/g) ?? [];
    return { done: agreed.length === members && (seen.match(/: current attached/g) ?? []).length === members, seen };
  });
