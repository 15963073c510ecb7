// Random work on a host's network, in lanes: each lane has networks, tags, tunnels or a guest of its own, and its steps follow each other. Lanes
// are independent but for what carries them all, a NIC that comes into a bond and leaves it, so that whatever they do side by side has to
// end as if they had done it one after the other.

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Session } from '../../../../src/client/session.ts';
import type { Ref } from '../../../../src/lib/brand.ts';
import { isXenError } from '../../../../src/model/error.ts';

const verbs = {
  bond: ['create', 'create', 'destroy', 'mode', 'property'],
  vlans: ['create', 'create', 'create', 'destroy', 'plug', 'unplug', 'mtu', 'drop'],
  tunnels: ['create', 'create', 'destroy', 'plug', 'unplug', 'remote', 'protocol'],
  guest: ['create', 'create', 'plug', 'plug', 'unplug', 'destroy', 'lock', 'lock', 'addresses', 'move'],
} as const;
type Kind = keyof typeof verbs;

export interface Step {
  readonly verb: string;
  /** Which of the lane's three objects. */
  readonly which: number;
  readonly value: number;
  /** Before it, where lanes run side by side. */
  readonly pauseMs: number;
}

export interface Lane {
  readonly kind: Kind;
  /** Of lanes of one kind. */
  readonly number: number;
  readonly steps: readonly Step[];
}

const laneOf = (kind: Kind, number: number, maxLength: number): fc.Arbitrary<Lane> =>
  fc
    .array(
      fc.record({ verb: fc.constantFrom(...verbs[kind]), which: fc.nat(2), value: fc.nat(3), pauseMs: fc.constantFrom(0, 0, 5, 20, 60) }),
      {
        maxLength,
      },
    )
    .map(steps => ({ kind, number, steps }));

export const lanes: fc.Arbitrary<readonly Lane[]> = fc.tuple(
  laneOf('bond', 0, 4),
  laneOf('vlans', 0, 6),
  laneOf('vlans', 1, 6),
  laneOf('tunnels', 0, 4),
  laneOf('guest', 0, 6),
  laneOf('guest', 1, 6),
);

const modes = ['balance-slb', 'active-backup', 'lacp', 'balance-slb'] as const;
const locks = ['locked', 'disabled', 'unlocked', 'network_default'] as const;
const remotes = ['192.168.9.77', '192.168.9.78,192.168.9.79', '', '192.168.9.77'] as const;
/** Networks that are always there: internal, a VLAN on the NIC that moves, the management's. */
const places = ['inner', 'steady', 'xenbr0', 'inner'] as const;
export const steadyTag = 100;
const carrierNic = 'eth1';

/** Of the VLAN that a step is about. */
export const tagOfStep = (lane: Pick<Lane, 'number'>, { which }: Pick<Step, 'which'>): number => 10 * (lane.number + 1) + which;

/** What came of a step: `done`, or the code that it was refused with. */
export type StepOutcome = string;

/** Looked up, and somebody else was first: the next look finds what is there now. */
const isLate = (error: unknown): boolean => isXenError(error, 'HANDLE_INVALID') || isXenError(error, 'CANNOT_ADD_VLAN_TO_BOND_SLAVE');
const attempts = 20;

export class LaneRunner {
  readonly #session: Session;
  readonly #guests: readonly Ref<'VM'>[];

  constructor(session: Session, guests: readonly Ref<'VM'>[]) {
    this.#session = session;
    this.#guests = guests;
  }

  /** Rejects with whatever is not the server's no. */
  async run(lane: Lane, step: Step): Promise<StepOutcome> {
    try {
      await this.#act(lane, step);
      return 'done';
    } catch (error) {
      if (isXenError(error)) return error.code;
      throw error;
    }
  }

  /** One lane after the other. */
  async inTurn(all: readonly Lane[]): Promise<readonly (readonly StepOutcome[])[]> {
    const outcomes: StepOutcome[][] = [];
    for (const lane of all) {
      const own: StepOutcome[] = [];
      for (const step of lane.steps) own.push(await this.run(lane, step));
      outcomes.push(own);
    }
    return outcomes;
  }

  /** All lanes at once. `told` hears of each step before it begins and after it has ended. */
  async sideBySide(
    all: readonly Lane[],
    told: (lane: Lane, step: Step, outcome: StepOutcome | undefined) => void = () => undefined,
  ): Promise<readonly (readonly StepOutcome[])[]> {
    const ended = await Promise.allSettled(
      all.map(async lane => {
        const own: StepOutcome[] = [];
        for (const step of lane.steps) {
          await sleep(step.pauseMs);
          told(lane, step, undefined);
          const outcome = await this.run(lane, step);
          told(lane, step, outcome);
          own.push(outcome);
        }
        return own;
      }),
    );
    return ended.map(result => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  /** Nothing of any lane is there. */
  async clear(): Promise<void> {
    const s = this.#session;
    const vifs = await s.call('VIF.get_all_records', {});
    for (const [ref, { VM: vm, currently_attached: isPlugged }] of Object.entries(vifs)) {
      if (!this.#guests.includes(vm)) continue;
      if (isPlugged) await s.call('VIF.unplug', { self: ref as Ref<'VIF'> });
      await s.call('VIF.destroy', { self: ref as Ref<'VIF'> });
    }
    for (const self of await s.call('tunnel.get_all', {})) await s.call('tunnel.destroy', { self });
    for (const [ref, { tag }] of Object.entries(await s.call('VLAN.get_all_records', {})))
      if (tag !== steadyTag) await s.call('VLAN.destroy', { self: ref as Ref<'VLAN'> });
    for (const self of await s.call('Bond.get_all', {})) await s.call('Bond.destroy', { self });
    for (const [ref, { bridge }] of Object.entries(await s.call('network.get_all_records', {})))
      if (/^(lane|bonded|far)/.test(bridge)) await s.call('network.destroy', { self: ref as Ref<'network'> });
  }

  async pif(device: string): Promise<Ref<'PIF'>> {
    const all = Object.entries(await this.#session.call('PIF.get_all_records', {}));
    const [found] = all.find(([, pif]) => pif.device === device && pif.physical) ?? [];
    if (found === undefined) throw new Error(`no PIF ${device}`);
    return found as Ref<'PIF'>;
  }

  /** The network of a bridge, made if it is not there. */
  async network(bridge: string): Promise<Ref<'network'>> {
    const found = await this.#find(bridge);
    if (found !== undefined) return found;
    const args = { name_label: bridge, name_description: '', MTU: 1500, other_config: {}, bridge, managed: true, tags: [] };
    return this.#session.call('network.create', { args });
  }

  async #find(bridge: string): Promise<Ref<'network'> | undefined> {
    const all = Object.entries(await this.#session.call('network.get_all_records', {}));
    const [found] = all.find(([, network]) => network.bridge === bridge) ?? [];
    return found as Ref<'network'> | undefined;
  }

  /** What carries the VLANs: the NIC, or the bond that it is in. */
  async #carrier(): Promise<Ref<'PIF'>> {
    const [bond] = await this.#session.call('Bond.get_all', {});
    return bond === undefined ? this.pif(carrierNic) : this.#session.call('Bond.get_master', { self: bond });
  }

  async makeVlan(tag: number, bridge: string): Promise<void> {
    const network = await this.network(bridge);
    for (let attempt = 1; ; attempt += 1)
      try {
        await this.#session.call('VLAN.create', { tagged_PIF: await this.#carrier(), tag, network });
        return;
      } catch (error) {
        if (!isLate(error) || attempt === attempts) throw error;
      }
  }

  async vlan(tag: number): Promise<Ref<'VLAN'> | undefined> {
    const [found] = Object.entries(await this.#session.call('VLAN.get_all_records', {})).find(([, vlan]) => vlan.tag === tag) ?? [];
    return found as Ref<'VLAN'> | undefined;
  }

  #act(lane: Lane, step: Step): Promise<unknown> {
    switch (lane.kind) {
      case 'bond':
        return this.#bond(step);
      case 'vlans':
        return this.#vlans(lane, step);
      case 'tunnels':
        return this.#tunnels(step);
      case 'guest':
        return this.#guest(lane, step);
      default:
        return lane.kind satisfies never;
    }
  }

  async #bond({ verb, which, value }: Step): Promise<unknown> {
    const s = this.#session;
    const mode = modes[value] ?? 'lacp';
    const [self] = await s.call('Bond.get_all', {});
    if (verb === 'create') {
      const members = await Promise.all([carrierNic, 'eth2', 'eth3'].slice(0, which + 1).map(device => this.pif(device)));
      return s.call('Bond.create', { network: await this.network('bonded'), members, MAC: '', mode, properties: {} });
    }
    if (self === undefined) return undefined;
    if (verb === 'destroy') return s.call('Bond.destroy', { self });
    if (verb === 'mode') return s.call('Bond.set_mode', { self, value: mode });
    return s.call('Bond.set_property', { self, name: 'lacp-time', value: value % 2 === 0 ? 'fast' : 'slow' });
  }

  async #vlans(lane: Lane, step: Step): Promise<unknown> {
    const s = this.#session;
    const tag = tagOfStep(lane, step);
    const bridge = `lane${tag}`;
    if (step.verb === 'create') return this.makeVlan(tag, bridge);
    if (step.verb === 'mtu') return s.call('network.set_MTU', { self: await this.network(bridge), value: 1400 + step.value });
    if (step.verb === 'drop') {
      const network = await this.#find(bridge);
      return network && s.call('network.destroy', { self: network });
    }
    const self = await this.vlan(tag);
    if (self === undefined) return undefined;
    if (step.verb === 'destroy') return s.call('VLAN.destroy', { self });
    const pif = await s.call('VLAN.get_untagged_PIF', { self });
    return step.verb === 'plug' ? s.call('PIF.plug', { self: pif }) : s.call('PIF.unplug', { self: pif });
  }

  async #tunnels({ verb, which, value }: Step): Promise<unknown> {
    const s = this.#session;
    const network = await this.network(`far${which}`);
    if (verb === 'create') {
      const below = await this.pif('eth0');
      const made = await s.call('tunnel.create', { transport_PIF: below, network, protocol: value % 2 === 0 ? 'gre' : 'vxlan' });
      return s.call('tunnel.set_other_config', { self: made, value: { key: String(which + 1), remote_ip: remotes[value] ?? '' } });
    }
    const all = await s.call('tunnel.get_all_records', {});
    const [access] = await s.call('network.get_PIFs', { self: network });
    const [self] = Object.entries(all).find(([, tunnel]) => tunnel.access_PIF === access) ?? [];
    if (self === undefined || access === undefined) return undefined;
    const tunnel = self as Ref<'tunnel'>;
    if (verb === 'destroy') return s.call('tunnel.destroy', { self: tunnel });
    if (verb === 'plug') return s.call('PIF.plug', { self: access });
    if (verb === 'unplug') return s.call('PIF.unplug', { self: access });
    if (verb === 'protocol') return s.call('tunnel.set_protocol', { self: tunnel, value: value % 2 === 0 ? 'gre' : 'vxlan' });
    return s.call('tunnel.set_other_config', { self: tunnel, value: { key: String(which + 1), remote_ip: remotes[value] ?? '' } });
  }

  async #guest({ number }: Lane, { verb, which, value }: Step): Promise<unknown> {
    const s = this.#session;
    const vm = this.#guests[number];
    if (vm === undefined) throw new Error(`no guest ${number}`);
    const device = String(which);
    if (verb === 'create')
      return s.call('VIF.create', {
        args: {
          device,
          network: await this.network(places[value] ?? ''),
          VM: vm,
          MAC: `02:00:00:00:0${number + 1}:0${which + 1}`,
          MTU: 1500,
          other_config: {},
          qos_algorithm_type: value === 2 ? 'ratelimit' : '',
          qos_algorithm_params: value === 2 ? { kbps: '4000' } : {},
          locking_mode: locks[value] ?? 'unlocked',
          ipv4_allowed: value === 0 ? ['10.0.0.1'] : [],
          ipv6_allowed: [],
        },
      });
    const vifs = Object.entries(await s.call('VIF.get_all_records', {}));
    const [ref] = vifs.find(([, vif]) => vif.VM === vm && vif.device === device) ?? [];
    if (ref === undefined) return undefined;
    const self = ref as Ref<'VIF'>;
    if (verb === 'plug') return s.call('VIF.plug', { self });
    if (verb === 'unplug') return s.call('VIF.unplug', { self });
    if (verb === 'destroy') return s.call('VIF.destroy', { self });
    if (verb === 'lock') return s.call('VIF.set_locking_mode', { self, value: locks[value] ?? 'locked' });
    if (verb === 'addresses') return s.call('VIF.set_ipv4_allowed', { self, value: [`10.0.0.${value + 1}`] });
    return s.call('VIF.move', { self, network: await this.network(places[value] ?? '') });
  }
}
