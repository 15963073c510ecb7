// Properties of the rules of locked VIFs, on a model of a flow table: bundles in any order end in the table that the last state has; two
// VIFs never share a frame; who leaves takes exactly its own along.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeBundle, type GuardedPorts, wholeBundle } from '../../src/drivers/network/ovs/flows/bundle.ts';
import { identityOf } from '../../src/drivers/network/ovs/flows/identity.ts';
import { commonCookie, cookieOf, type GuardedPort, type Rule, rulesOf } from '../../src/drivers/network/ovs/flows/rules.ts';

interface Flow {
  readonly cookie: string;
  readonly actions: string;
  readonly inPort: string | undefined;
}

/** What a switch makes of a bundle: all lines or none, in order. */
class FlowTable {
  readonly flows = new Map<string, Flow>();

  apply(lines: readonly string[]): this {
    for (const line of lines) {
      if (line.startsWith('add ')) this.#add(line.slice(4));
      else if (line.startsWith('delete')) this.#delete(line.slice(6).trim());
      else throw new Error(`what is ${line}?`);
    }
    return this;
  }

  #add(text: string): void {
    const fields = /^table=(\d+),cookie=(\w+),priority=(\d+),(.*?),?actions=(.+)$/.exec(text);
    if (!fields) throw new Error(`what is ${text}?`);
    const [, table, cookie = '', priority, match = '', actions = ''] = fields;
    this.flows.set([table, priority, match].join(' '), { cookie, actions, inPort: /in_port=(\d+)/.exec(match)?.[1] });
  }

  #delete(match: string): void {
    const cookie = /^cookie=(\w+)\/-1$/.exec(match)?.[1];
    const inPort = /^in_port=(\d+)$/.exec(match)?.[1];
    if (match !== '' && cookie === undefined && inPort === undefined) throw new Error(`delete what, ${match}?`);
    for (const [key, flow] of Array.from(this.flows))
      if (match === '' || (cookie !== undefined && flow.cookie === cookie) || (inPort !== undefined && flow.inPort === inPort))
        this.flows.delete(key);
  }

  get content(): readonly string[] {
    return [...this.flows].map(([key, { cookie, actions }]) => `${cookie} ${key} ${actions}`).toSorted();
  }
}

const mac = fc
  .integer({ min: 0, max: 0xffff })
  .map(n => `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 0xff).toString(16).padStart(2, '0')}`);
const ipv4 = fc.integer({ min: 1, max: 254 }).map(n => `10.0.0.${n}`);
const ipv6 = fc.integer({ min: 1, max: 0xffff }).map(n => `fd00::${n.toString(16)}`);

/** States with distinct VIFs, whose pairs of numbers are dealt out anew in each. */
const state: fc.Arbitrary<GuardedPorts> = fc
  .uniqueArray(
    fc.record({
      vif: fc.integer({ min: 0, max: 7 }),
      slot: fc.integer({ min: 0, max: 15 }),
      mode: fc.constantFrom('locked' as const, 'disabled' as const),
      mac,
      ipv4: fc.array(ipv4, { maxLength: 3 }),
      ipv6: fc.array(ipv6, { maxLength: 3 }),
    }),
    { selector: ({ vif }) => vif, maxLength: 6 },
  )
  .map(drawn => {
    const slots = new Set<number>();
    const ports = new Map<string, GuardedPort>();
    for (const each of drawn) {
      let { slot } = each;
      while (slots.has(slot)) slot += 1;
      slots.add(slot);
      const vifId = `vif-${each.vif}`;
      const identity = identityOf(each.mac, each.ipv4, each.ipv6);
      ports.set(vifId, { vifId, mode: each.mode, identity, tap: 2 * slot + 1, door: 2 * slot + 2 });
    }
    return ports;
  });

test('any way of changes ends in the table of the last state', () => {
  fc.assert(
    fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), states => {
      const table = new FlowTable();
      let now: GuardedPorts | undefined;
      for (const next of states) {
        table.apply(now === undefined ? wholeBundle(next) : changeBundle(now, next));
        now = next;
      }
      expect(table.content).toEqual(new FlowTable().apply(wholeBundle(now ?? new Map())).content);
    }),
  );
});

test('a whole bundle forgets whatever was there', () => {
  fc.assert(
    fc.property(state, state, (before, after) => {
      const table = new FlowTable().apply(wholeBundle(before)).apply(wholeBundle(after));
      expect(table.content).toEqual(new FlowTable().apply(wholeBundle(after)).content);
    }),
  );
});

test('who leaves takes its own rules along, and nothing else', () => {
  fc.assert(
    fc.property(
      state.filter(ports => ports.size > 0),
      fc.nat(),
      (before, which) => {
        const leaving = [...before.keys()][which % before.size] ?? '';
        const table = new FlowTable().apply(wholeBundle(before));
        const kept = table.content.filter(line => !line.startsWith(`${cookieOf(leaving)} `));
        table.apply(changeBundle(before, new Map([...before].filter(([vifId]) => vifId !== leaving))));
        expect(table.content).toEqual(kept);
      },
    ),
  );
});

const ownPorts = (rule: Rule): string => /in_port=(\d+)/.exec(rule.match)?.[1] ?? '';

test('a frame of one VIF meets no rule of another', () => {
  fc.assert(
    fc.property(state, ports => {
      const owners = new Map<string, string>();
      for (const port of ports.values())
        for (const rule of rulesOf(port)) {
          expect(rule.cookie).not.toBe(commonCookie);
          const inPort = ownPorts(rule);
          expect([String(port.tap), String(port.door)]).toContain(inPort);
          expect(owners.get(inPort) ?? port.vifId).toBe(port.vifId);
          owners.set(inPort, port.vifId);
          // Nor does it come out at another's.
          for (const [, out] of rule.actions.matchAll(/(?:output:|load:)(\d+)/g)) expect([port.tap, port.door]).toContain(Number(out));
        }
    }),
  );
});

test('within one VIF no two rules of a priority say different things of the same match', () => {
  fc.assert(
    fc.property(state, ports => {
      for (const port of ports.values()) {
        const keys = rulesOf(port).map(({ table, priority, match }) => [table, priority, match].join(' '));
        expect(new Set(keys).size).toBe(keys.length);
      }
    }),
  );
});
