// The simulated network: bridges and ports in memory, with the contract's rules and faults as data. Where the real switch is not the
// question: scale, faults, machines without root.

import { DriverError } from '../../hypervisor.ts';
import type { NetworkDriver, PhysicalInterface } from '../../network.ts';
import { createFaults, type FaultRule } from '../../faults.ts';

export interface SimNetworkOptions {
  /** Two simulated hosts on one machine need not share anything: their names come from here. */
  readonly stateDir?: string;
  readonly interfaces?: readonly PhysicalInterface[];
  readonly faults?: readonly FaultRule[];
}

const onlyInterface: PhysicalInterface = {
  device: 'eth0',
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  carrier: true,
  speedMbps: 10_000,
  ipv4: [{ address: '127.0.0.1', prefixLength: 8 }],
  ipv6: [],
  dns: [],
  management: true,
};

export const createSimNetwork = ({ interfaces = [onlyInterface], faults = [] }: SimNetworkOptions = {}): NetworkDriver => {
  const bridges = new Map<string, string>();
  const bridgeOfVif = new Map<string, string>();
  const step = createFaults(faults);
  return {
    async probe() {
      await step('probe', '');
      return { kind: 'sim', version: '1' };
    },
    interfaces: async () => interfaces,
    async ensureBridge({ bridge, networkId }) {
      await step('ensureBridge', bridge);
      bridges.set(bridge, networkId);
    },
    async removeBridge(bridge) {
      await step('removeBridge', bridge);
      const users = [...bridgeOfVif.values()].filter(name => name === bridge).length;
      if (users > 0) throw new DriverError('in-use', `the bridge ${bridge} still has ${users} ports`);
      bridges.delete(bridge);
    },
    async plug({ id, bridge, lockingMode }) {
      await step('plug', id);
      if (!bridges.has(bridge)) throw new DriverError('not-found', `there is no bridge ${bridge} on this host`);
      if (lockingMode === 'disabled') {
        bridgeOfVif.delete(id);
        return { kind: 'none' };
      }
      bridgeOfVif.set(id, bridge);
      return { kind: 'tap', ifname: `tap${id.slice(0, 8)}` };
    },
    async unplug(vifId) {
      await step('unplug', vifId);
      bridgeOfVif.delete(vifId);
    },
    ports: async () => [...bridgeOfVif.keys()],
    close: async () => undefined,
  };
};
