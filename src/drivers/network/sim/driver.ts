// The simulated network: bridges and ports in memory, with the contract's rules and faults as data. Where the real switch is not the
// question: scale, faults, machines without root. What it holds can be looked at, as JSON.

import { DriverError } from '../../hypervisor.ts';
import type { BondStatus, HostNetwork, NetworkDriver, NetworkEvent, PhysicalInterface, VirtualFunctions } from '../../network.ts';
import { createFaults, type FaultRule } from '../../faults.ts';
import { noNetwork } from '../desired.ts';
import { gather, type Settled } from '../gather.ts';
import { impossible } from '../possible.ts';
import { noVirtualFunctions } from '../virtual-functions.ts';
import { simulatedAddresses } from './addresses.ts';
import { simulatedBond } from './bond.ts';

export interface SimNetworkOptions {
  /** Two simulated hosts on one machine need not share anything: their names come from here. */
  readonly stateDir?: string;
  readonly interfaces?: readonly PhysicalInterface[];
  /** `apply` strikes once for each round (object: ''), and once for each network of it (object: the bridge), which then fails alone. */
  readonly faults?: readonly FaultRule[];
  /** The host's NICs and addresses are the driver's, as on a real host that was told so. */
  readonly ownsNics?: boolean;
  /** Whether the gateway is heard; asked each time. Left out: there is none. */
  readonly gateway?: (applied: HostNetwork) => boolean;
  /** Left out: no NIC has any. */
  readonly virtualFunctions?: VirtualFunctions;
}

/** The simulated switch as it is now. */
export interface SimNetworkState {
  readonly applied: HostNetwork;
  /** Rounds of `apply`. */
  readonly rounds: number;
  /** Bridge by VIF uuid. */
  readonly ports: Readonly<Record<string, string>>;
  /** Bridges that were made on demand and are not in the applied state. */
  readonly onDemand: readonly string[];
}

export interface SimNetwork extends NetworkDriver {
  state(): SimNetworkState;
  /** Something happens to the machine. */
  tell(event: NetworkEvent): void;
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

type Failures = ReadonlyMap<string, DriverError>;

export const createSimNetwork = ({
  interfaces = [onlyInterface],
  faults = [],
  ownsNics = false,
  gateway,
  virtualFunctions = noVirtualFunctions,
}: SimNetworkOptions = {}): SimNetwork => {
  const onDemand = new Map<string, string>();
  const bridgeOfVif = new Map<string, string>();
  const listeners = new Set<(event: NetworkEvent) => void>();
  const step = createFaults(faults);
  let applied = noNetwork;
  let rounds = 0;

  const isThere = (bridge: string): boolean => onDemand.has(bridge) || applied.networks.some(network => network.bridge === bridge);

  const round = async (desired: HostNetwork): Promise<Failures> => {
    rounds += 1;
    await step('apply', '');
    const failures = new Map<string, DriverError>(impossible(desired));
    for (const network of desired.networks) {
      try {
        await step('apply', network.bridge);
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        failures.set(network.uplink.kind === 'none' ? network.networkId : network.uplink.pif, error);
      }
    }
    applied = desired;
    for (const { bridge } of desired.networks) onDemand.delete(bridge);
    for (const { id, bridge } of desired.ports) if (bridgeOfVif.has(id)) bridgeOfVif.set(id, bridge);
    return failures;
  };

  const apply = gather(async (states: readonly HostNetwork[]): Promise<readonly Settled<Failures>[]> => {
    const newest = states.at(-1) ?? noNetwork;
    const value = await round(newest);
    return states.map(() => ({ ok: true, value }));
  });

  return {
    state: () => ({
      applied,
      rounds,
      ports: Object.fromEntries(bridgeOfVif),
      onDemand: [...onDemand.keys()],
    }),
    tell: event => {
      for (const listener of listeners) listener(event);
    },
    async probe() {
      await step('probe', '');
      return { kind: 'sim', version: '1', ownsNics };
    },
    interfaces: async () => interfaces,
    apply: async (desired, { signal } = {}) => {
      signal?.throwIfAborted();
      return apply(desired);
    },
    bonds: async () =>
      applied.networks.flatMap(({ uplink }): BondStatus[] => (uplink.kind === 'bond' ? [simulatedBond(uplink, interfaces)] : [])),
    addresses: async () => applied.networks.flatMap(simulatedAddresses),
    virtualFunctions,
    neighbours: async () => ({ neighbours: [], absent: 'a simulated host has no links' }),
    gatewayAnswers: async () => gateway?.(applied),
    onEvent: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async ensureBridge({ bridge, networkId }) {
      await step('ensureBridge', bridge);
      if (!applied.networks.some(network => network.bridge === bridge)) onDemand.set(bridge, networkId);
    },
    async removeBridge(bridge) {
      await step('removeBridge', bridge);
      const users = [...bridgeOfVif.values()].filter(name => name === bridge).length;
      if (users > 0) throw new DriverError('in-use', `the bridge ${bridge} still has ${users} ports`);
      onDemand.delete(bridge);
      applied = { ...applied, networks: applied.networks.filter(network => network.bridge !== bridge) };
    },
    async plug({ id, bridge }) {
      await step('plug', id);
      if (!isThere(bridge)) throw new DriverError('not-found', `there is no bridge ${bridge} on this host`);
      bridgeOfVif.set(id, bridge);
      return { kind: 'tap', ifname: `tap${id.slice(0, 8)}` };
    },
    async unplug(vifId) {
      await step('unplug', vifId);
      bridgeOfVif.delete(vifId);
    },
    ports: async () => [...bridgeOfVif.keys()],
    close: async () => listeners.clear(),
  };
};
