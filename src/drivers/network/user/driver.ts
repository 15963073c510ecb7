// Network driver `user`: no switch. Guests get the hypervisor's own user-mode network, each by itself: it reaches out and is not
// reached. Bridges are names, and a port is a note that the name is in use; nothing of it outlasts this process, since there is nothing.

import { DriverError } from '../../hypervisor.ts';
import type { NetworkDriver } from '../../network.ts';
import type { HostedNetwork } from '../desired.ts';
import { hostNeighbours } from '../host/lldp.ts';
import { hostVirtualFunctions } from '../host/virtual-functions.ts';
import { hostInterfaces } from '../host-interfaces.ts';

/** Interfaces of the host are names here, and stay as they are; what would have to be made is refused. */
const needsSwitch = ({ uplink }: HostedNetwork): readonly (readonly [string, DriverError])[] => {
  if (uplink.kind === 'none' || uplink.kind === 'nic') return [];
  const what = { vlan: 'a VLAN', bond: 'a bond', tunnel: 'a tunnel' }[uplink.kind];
  return [[uplink.pif, new DriverError('unsupported', `${what} needs Open vSwitch, and this host only has user-mode networking`)]];
};

/** `reason`: why there is no switch, as half a sentence; told to people. */
export const createUserNetwork = ({ reason }: { readonly reason: string }): NetworkDriver => {
  const bridgeOfVif = new Map<string, string>();
  return {
    probe: async () => ({
      kind: 'user',
      version: '1',
      ownsNics: false,
      degraded: `Guests only have user-mode networking (they reach out, nobody reaches them, nor do they reach each other), because ${reason}`,
    }),
    interfaces: () => hostInterfaces(),
    apply: async desired => new Map(desired.networks.flatMap(needsSwitch)),
    addresses: async () => [],
    virtualFunctions: hostVirtualFunctions(),
    neighbours: () => hostNeighbours(),
    gatewayAnswers: async () => undefined,
    bonds: async () => [],
    onEvent: () => () => undefined,
    ensureBridge: async () => undefined,
    async removeBridge(bridge) {
      const users = [...bridgeOfVif.values()].filter(name => name === bridge).length;
      if (users > 0) throw new DriverError('in-use', `the bridge ${bridge} still has ${users} ports`);
    },
    async plug({ id, bridge, lockingMode }) {
      if (lockingMode === 'locked') throw new DriverError('unsupported', 'a VIF cannot be locked to its addresses without Open vSwitch');
      bridgeOfVif.set(id, bridge);
      return { kind: lockingMode === 'disabled' ? 'none' : 'user' };
    },
    async unplug(vifId) {
      bridgeOfVif.delete(vifId);
    },
    ports: async () => [...bridgeOfVif.keys()],
    close: async () => undefined,
  };
};
