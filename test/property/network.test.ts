// Whatever a host's network was before, it ends as it is asked to be: on a model of the switch's database, and through the messages that
// change it, in any interleaving.

import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DriverError } from '../../src/drivers/hypervisor.ts';
import type { HostedNetwork, HostNetwork, VifPort } from '../../src/drivers/network.ts';
import { planBatch, pluggedVifs, type Wish } from '../../src/drivers/network/ovs/changes.ts';
import type { Host } from '../../src/drivers/network/ovs/host.ts';
import type { Ref } from '../../src/lib/brand.ts';
import { desiredNetwork } from '../../src/ops/network/desired.ts';
import { testPort } from '../contract/network-contract.ts';
import { startOpsHost, type OpsHost } from '../support/ops/host.ts';
import { OvsdbModel } from '../support/ovsdb-model.ts';

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const host: Host = {
  tag: 'me',
  datapathType: 'netdev',
  names: { bridge: name => name, bond: name => name, tunnel: (bridge, remote) => `${bridge}-${remote}` },
  takes: () => true,
};
const guests = [0, 1, 2].map(number => testPort({ id: id(900 + number), vmId: id(950), bridge: '' }));

interface Choice {
  /** What each NIC does: alone, in the bond, nothing. */
  readonly nics: readonly ('alone' | 'bond' | 'off')[];
  /** What each other network is, and which of those below it stands on. */
  readonly others: readonly { readonly kind: 'vlan' | 'internal' | 'tunnel' | 'off'; readonly below: number }[];
  readonly guests: readonly number[];
  readonly mtu: number;
}

const choices: fc.Arbitrary<Choice> = fc.record({
  nics: fc.array(fc.constantFrom('alone' as const, 'bond' as const, 'off' as const), { minLength: 4, maxLength: 4 }),
  others: fc.array(
    fc.record({ kind: fc.constantFrom('vlan' as const, 'internal' as const, 'tunnel' as const, 'off' as const), below: fc.nat(5) }),
    {
      minLength: 5,
      maxLength: 5,
    },
  ),
  guests: fc.array(fc.nat(9), { maxLength: 3 }),
  mtu: fc.constantFrom(1500, 9000),
});

const stateOf = ({ nics, others, guests: places, mtu }: Choice): HostNetwork => {
  const make = (bridge: string, number: number, uplink: HostedNetwork['uplink']): HostedNetwork => ({
    bridge,
    networkId: id(100 + number),
    mtu,
    uplink,
  });
  const below = nics.flatMap((how, n) => (how === 'alone' ? [make(`xenbr${n}`, n, { kind: 'nic', pif: id(n), device: `eth${n}` })] : []));
  const members = nics.flatMap((how, n) => (how === 'bond' ? [{ pif: id(n), device: `eth${n}` }] : []));
  if (members.length > 0)
    below.push(
      make('xapi0', 50, {
        kind: 'bond',
        pif: id(50),
        device: 'bond0',
        mac: '02:00:00:00:00:50',
        members,
        mode: members.length % 2 === 0 ? 'lacp' : 'active-backup',
        hashing: 'src_mac',
        lacpTime: 'fast',
        lacpFallback: true,
      }),
    );
  const above = others.flatMap(({ kind, below: at }, n): readonly HostedNetwork[] => {
    const bridge = `xapi${n + 1}`;
    const parent = below[at % Math.max(below.length, 1)];
    if (kind === 'internal') return [make(bridge, 60 + n, { kind: 'none' })];
    if (kind === 'tunnel')
      return [make(bridge, 60 + n, { kind: 'tunnel', pif: id(60 + n), protocol: 'gre', key: n + 1, remotes: ['192.0.2.7'] })];
    return kind === 'vlan' && parent ? [make(bridge, 60 + n, { kind: 'vlan', pif: id(60 + n), parent: parent.bridge, tag: n + 1 })] : [];
  });
  const networks = [...below, ...above];
  const ports = places.flatMap((at, n): readonly VifPort[] => {
    const guest = guests[n];
    const network = networks[at % Math.max(networks.length, 1)];
    return guest && network ? [{ ...guest, bridge: network.bridge }] : [];
  });
  return { networks, ports };
};

const theirs: readonly object[] = [
  { op: 'insert', table: 'Interface', 'uuid-name': 'i', row: { name: 'theirs', type: 'internal' } },
  { op: 'insert', table: 'Port', 'uuid-name': 'p', row: { name: 'theirs', interfaces: ['named-uuid', 'i'] } },
  { op: 'insert', table: 'Bridge', 'uuid-name': 'b', row: { name: 'theirs', ports: ['set', [['named-uuid', 'p']]] } },
  { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', ['set', [['named-uuid', 'b']]]]] },
];

const newSwitch = (): OvsdbModel => {
  const model = new OvsdbModel();
  model.transact(theirs as Parameters<OvsdbModel['transact']>[0]);
  return model;
};

/** One round, as the driver makes it: guests that are gone, the state, guests that come. */
const round = (model: OvsdbModel, desired: HostNetwork): number => {
  const wanted = new Set(desired.ports.map(port => port.id));
  const gone = pluggedVifs(model.view, host.tag).filter(vif => !wanted.has(vif));
  const wishes: readonly Wish[] = [
    ...gone.map((vifId): Wish => ({ kind: 'no-port', vifId })),
    { kind: 'state', desired, options: { onDemand: new Map() } },
    ...desired.ports.map((port): Wish => ({ kind: 'port', port, ifname: `tap${port.id.slice(-3)}` })),
  ];
  const { operations, outcomes } = planBatch(model.view, host, wishes);
  for (const outcome of outcomes) {
    if (outcome.kind === 'refused') throw outcome.error;
    if (outcome.kind === 'state') expect([...outcome.failures]).toEqual([]);
  }
  if (operations.length > 0) model.transact(operations);
  return operations.length;
};

describe('the reconciler', () => {
  test('ends the same wherever it started, in one transaction, and finds nothing to do then', () => {
    fc.assert(
      fc.property(fc.array(choices, { minLength: 1, maxLength: 5 }), sequence => {
        const [model, fresh] = [newSwitch(), newSwitch()];
        const states = sequence.map(stateOf);
        for (const desired of states) {
          const before = model.transactions;
          round(model, desired);
          expect(model.transactions - before).toBeLessThanOrEqual(1);
          expect(round(model, desired)).toBe(0);
        }
        const last = states.at(-1);
        if (last) round(fresh, last);
        expect(model.picture()).toEqual(fresh.picture());
      }),
      { numRuns: 300 },
    );
  });

  test('the order in which networks are named does not matter', () => {
    fc.assert(
      fc.property(choices, fc.infiniteStream(fc.nat()), (choice, random) => {
        const [one, other] = [newSwitch(), newSwitch()];
        const desired = stateOf(choice);
        const shuffled = desired.networks
          .map(network => ({ network, at: random.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ network }) => network);
        round(one, desired);
        round(other, { ...desired, networks: shuffled });
        expect(one.picture()).toEqual(other.picture());
      }),
      { numRuns: 200 },
    );
  });

  test('what was not made here is never touched, and the empty state leaves nothing of ours', () => {
    const untouched = JSON.stringify(newSwitch().picture());
    fc.assert(
      fc.property(fc.array(choices, { minLength: 1, maxLength: 4 }), sequence => {
        const model = newSwitch();
        for (const choice of sequence) round(model, stateOf(choice));
        round(model, { networks: [], ports: [] });
        expect(JSON.stringify(model.picture())).toBe(untouched);
      }),
      { numRuns: 200 },
    );
  });

  test('of a state that was changed by hand, whatever it was, the next round makes the same again', () => {
    fc.assert(
      fc.property(choices, fc.nat(), fc.nat(5000), (choice, which, tag) => {
        const model = newSwitch();
        const desired = stateOf(choice);
        round(model, desired);
        const before = JSON.stringify(model.picture());
        const ours = [...model.view.bridges.values()].filter(({ name }) => name !== 'theirs');
        const bridge = ours[which % Math.max(ours.length, 1)];
        if (!bridge) return;
        const [port] = bridge.ports.slice(which % bridge.ports.length);
        const name = port === undefined ? undefined : model.view.ports.get(port)?.name;
        if (port === undefined || name === bridge.name) return;
        const where = [['_uuid', '==', ['uuid', which % 2 === 0 ? port : bridge.uuid]]];
        if (which % 2 === 0) model.transact([{ op: 'update', table: 'Port', where, row: { tag: (tag % 4095) + 1, bond_updelay: 7 } }]);
        else model.transact([{ op: 'mutate', table: 'Bridge', where, mutations: [['ports', 'delete', ['set', [['uuid', port]]]]] }]);
        round(model, desired);
        expect(JSON.stringify(model.picture())).toBe(before);
      }),
      { numRuns: 200 },
    );
  });
});

type Command = { readonly kind: 'vlan' | 'drop' | 'unplug' | 'plug' | 'mtu' | 'bond' | 'unbond'; readonly n: number };

const commands = fc.array(
  fc.record({ kind: fc.constantFrom<Command['kind']>('vlan', 'vlan', 'drop', 'unplug', 'plug', 'mtu', 'bond', 'unbond'), n: fc.nat(4) }),
  { minLength: 1, maxLength: 10 },
);

describe('messages about the network', () => {
  const hosts: OpsHost[] = [];
  afterEach(async () => {
    for (const each of hosts.splice(0)) await each.stop();
  });

  const pifOf = (at: OpsHost, device: string): Ref<'PIF'> => {
    for (const [ref, pif] of at.db.all('PIF')) if (pif.device === device && pif.physical) return ref;
    throw new Error(`no ${device}`);
  };

  const start = async () => {
    const at = await startOpsHost();
    hosts.push(at);
    const networks: Ref<'network'>[] = [];
    for (let n = 0; n < 6; n += 1)
      networks.push(
        await at.network.create(at.call, {
          args: { name_label: `net ${n}`, name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: [] },
        }),
      );
    const run = ({ kind, n }: Command): Promise<unknown> | undefined => {
      const { db, call, ops } = at;
      const network = networks[n] ?? networks[0];
      if (network === undefined) return undefined;
      const vlans = [...db.all('VLAN')].filter(([, vlan]) => vlan.tag === n + 1).map(([ref]) => ref);
      const [bond] = [...db.all('Bond')].map(([ref]) => ref);
      switch (kind) {
        case 'vlan':
          return ops.VLAN.create?.(call, { tagged_PIF: pifOf(at, 'eth1'), tag: n + 1, network });
        case 'drop':
          return vlans[0] && ops.VLAN.destroy?.(call, { self: vlans[0] });
        case 'unplug':
          return ops.PIF.unplug?.(call, { self: pifOf(at, 'eth1') });
        case 'plug':
          return ops.PIF.plug?.(call, { self: pifOf(at, 'eth1') });
        case 'mtu':
          return db.transaction(tx => tx.update('network', network, { MTU: 1400 + n }));
        case 'bond':
          return ops.Bond.create?.(call, {
            network: networks[5] ?? network,
            members: [pifOf(at, 'eth0'), pifOf(at, 'eth1')],
            MAC: '',
            mode: 'active-backup',
            properties: {},
          });
        case 'unbond':
          return bond && ops.Bond.destroy?.(call, { self: bond });
        default:
          return kind satisfies never;
      }
    };
    return { at, run };
  };

  /** A refusal is an outcome like another. */
  const outcome = (work: Promise<unknown> | undefined): Promise<unknown> => Promise.resolve(work).catch(() => undefined);
  /** The followers of the database have had their turn. */
  const quiet = async (at: OpsHost): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve));
    expect(at.world.desired).toEqual(desiredNetwork(at.db, at.services.self.host));
  };
  /** Without what is drawn by chance. */
  const picture = (desired: HostNetwork | undefined): unknown =>
    JSON.parse(JSON.stringify(desired).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'uuid'));

  test('one after the other or all at once: the switch ends the same', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async list => {
        const [slow, fast] = [await start(), await start()];
        for (const command of list) await outcome(slow.run(command));
        // What a command is about is looked up when its turn comes: those that look for others' work wait for it.
        const running: Promise<unknown>[] = [];
        for (const command of list) {
          if (command.kind === 'drop' || command.kind === 'unbond') await Promise.all(running);
          running.push(outcome(fast.run(command)));
        }
        await Promise.all(running);
        await quiet(slow.at);
        await quiet(fast.at);
        expect(picture(fast.at.world.desired)).toEqual(picture(slow.at.world.desired));
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test('where the switch refuses some of them, it still ends as the database says', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.nat(4), async (list, bad) => {
        const { at, run } = await start();
        at.world.refuses = ({ uplink }) => {
          const error = new DriverError('failed', 'told so');
          return uplink.kind === 'vlan' && uplink.tag === bad + 1 ? [[uplink.pif, error]] : [];
        };
        await Promise.all(list.map(command => outcome(run(command))));
        await quiet(at);
        expect(at.db.check()).toEqual([]);
        // One that is not plugged is a record, of which the switch was never told.
        const plugged = [...at.db.all('VLAN')].filter(([, vlan]) => at.db.need('PIF', vlan.untagged_PIF).currently_attached);
        expect(plugged.filter(([, vlan]) => vlan.tag === bad + 1)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
