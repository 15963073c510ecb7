// Whatever is done to the networks of a whole host, by many at once and through kills of hostd: its real switch ends as if it had been done one
// after the other, and a second look changes nothing.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { logOf } from '../../../tools/hosts/host.ts';
import { ConnectionError } from '../../../src/client/errors.ts';
import { login, type Session } from '../../../src/client/session.ts';
import { HttpTransport } from '../../../src/client/transport.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { type Lane, LaneRunner, lanes, type Step, type StepOutcome, steadyTag, tagOfStep } from '../support/rack/lanes.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { switchPicture } from '../support/rack/picture.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('Properties of the network');
/** A case takes seconds: as many as fit, at least some. */
const bounds = { endOnFailure: true, interruptAfterTimeLimit: 22_000 } as const;

lab('properties of the network', () => {
  let hosts: RackedHosts;
  let one: Racked;
  let other: Racked;
  const figures: string[] = [];

  const open = (on: Racked): Promise<Session> =>
    login(new HttpTransport({ kind: 'unix', path: on.hostd.host.server.slice('unix:'.length) }), { userName: 'root', password: '' });
  const guestsOf = async (session: Session): Promise<readonly Ref<'VM'>[]> => {
    const all = Object.entries(await session.call('VM.get_all_records', {}));
    const own = all.filter(([, vm]) => /^lane-\d$/.test(vm.name_label)).toSorted(([, a], [, b]) => (a.name_label < b.name_label ? -1 : 1));
    return own.map(([ref]) => ref as Ref<'VM'>);
  };
  const prepare = async (on: Racked): Promise<void> => {
    for (const number of [0, 1]) {
      const vm = await on.xcp('vm-install', 'template=Tiny Linux', `new-name-label=lane-${number}`);
      for (const vif of (await on.xcp('vif-list', `vm-uuid=${vm}`, '--minimal')).split(',').filter(Boolean))
        await on.xcp('vif-destroy', `uuid=${vif}`);
      await on.xcp('vm-start', `uuid=${vm}`);
    }
    await using session = await open(on);
    const runner = new LaneRunner(session, []);
    await runner.network('inner');
    await runner.makeVlan(steadyTag, 'steady');
  };

  beforeAll(async () => {
    hosts = await RackedHosts.start({ hosts: ['aa', 'bb'] });
    [one, other] = [hosts.get('aa'), hosts.get('bb')];
    await Promise.all([one, other].map(prepare));
  }, 120_000);
  afterAll(async () => {
    await hosts[Symbol.asyncDispose]();
    process.stderr.write(`\nProperties of the network\n${figures.map(line => `  ${line}\n`).join('')}\n`);
  });

  /** What is on the switch when nothing changes there any more: records that were set by themselves are followed a moment later. */
  const settled = async (on: Racked): Promise<string> => {
    let [before, seen] = ['', await switchPicture(on)];
    await until(
      'the switch is quiet',
      async () => {
        [before, seen] = [seen, await switchPicture(on)];
        return { done: before === seen, seen };
      },
      { everyMs: 150 },
    );
    return seen;
  };
  const rounds = (on: Racked): number => logOf(on.hostd.host.folder).split('a state was brought to the switch').length;
  const configuration = (on: Racked): Promise<string> => on.host.ovs.vsctl('get', 'open_vswitch', '.', 'next_cfg');
  /** The whole state once more. */
  const again = async (on: Racked, session: Session): Promise<void> => {
    const before = rounds(on);
    await session.call('PIF.plug', { self: await new LaneRunner(session, []).pif('eth0') });
    await until('another round', async () => ({
      done: rounds(on) > before,
      seen: readFileSync(`${on.hostd.host.folder}/hostd.log`, 'utf8').slice(-500),
    }));
  };

  test('done side by side, it ends as one after the other, step by step; a second round changes nothing', async () => {
    let [cases, steps, refused] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(lanes, async all => {
        await using slow = await open(one);
        await using fast = await open(other);
        const [calm, hasty] = [new LaneRunner(slow, await guestsOf(slow)), new LaneRunner(fast, await guestsOf(fast))];
        await Promise.all([calm.clear(), hasty.clear()]);
        const [inTurn, sideBySide] = await Promise.all([calm.inTurn(all), hasty.sideBySide(all)]);
        expect(sideBySide).toEqual(inTurn);
        const [expected, seen] = await Promise.all([settled(one), settled(other)]);
        expect(seen).toBe(expected);
        const before = await configuration(other);
        await again(other, fast);
        expect(await configuration(other)).toBe(before);
        expect(await switchPicture(other)).toBe(seen);
        cases += 1;
        steps += inTurn.flat().length;
        refused += inTurn.flat().filter(outcome => outcome !== 'done').length;
      }),
      { ...bounds, numRuns: 12 },
    );
    figures.push(`${cases} cases of together ${steps} steps, ${refused} of them refused, side by side as in turn`);
    expect(cases).toBeGreaterThan(0);
    expect(refused).toBeLessThan(steps / 2);
  }, 180_000);

  /** What must be there of the VLANs after a kill: what was answered, and maybe what was under way. */
  class Answered {
    readonly #known = new Map<number, readonly boolean[]>();
    note(lane: Lane, step: Step, outcome: StepOutcome | undefined): void {
      if (lane.kind !== 'vlans' || (step.verb !== 'create' && step.verb !== 'destroy')) return;
      const tag = tagOfStep(lane, step);
      const before = this.#known.get(tag) ?? [false];
      if (outcome === undefined) this.#known.set(tag, [...before, step.verb === 'create']);
      else if (outcome === 'done') this.#known.set(tag, [step.verb === 'create']);
      else this.#known.set(tag, before.slice(0, 1));
    }
    async check(runner: LaneRunner): Promise<void> {
      for (const [tag, possible] of this.#known) {
        const isThere = (await runner.vlan(tag)) !== undefined;
        if (!possible.includes(isThere)) throw new Error(`VLAN ${tag} is ${isThere ? '' : 'not '}there, against what was answered`);
      }
    }
  }

  test('hostd is killed at any moment: what was answered is there, and the switch is as one made from nothing', async () => {
    let [cases, cut] = [0, 0];
    await fc.assert(
      fc.asyncProperty(lanes, fc.nat(400), async (all, killAfterMs) => {
        const on = other;
        const answered = new Answered();
        {
          const session = await open(on);
          const runner = new LaneRunner(session, await guestsOf(session));
          await runner.clear();
          const work = runner
            .sideBySide(all, (lane, step, outcome) => answered.note(lane, step, outcome))
            .then(
              () => false,
              (error: unknown) => {
                if (error instanceof ConnectionError) return true;
                throw error;
              },
            );
          await Promise.race([work, sleep(killAfterMs)]);
          process.kill(on.hostd.host.pid, 'SIGKILL');
          if (await work) cut += 1;
          session.transport.close();
        }
        await on.hostd.restart('SIGKILL');
        await using session = await open(on);
        const runner = new LaneRunner(session, await guestsOf(session));
        await answered.check(runner);
        const seen = await settled(on);
        const before = await configuration(on);
        await again(on, session);
        expect(await configuration(on)).toBe(before);
        // Everything that is on the switch is taken away, and comes back from what hostd knows.
        const bridges = (await on.host.ovs.vsctl('--bare', '--columns=name', 'list', 'bridge')).split('\n').filter(Boolean);
        await on.host.ovs.vsctl('--no-wait', ...bridges.flatMap((bridge, i) => [...(i === 0 ? [] : ['--']), 'del-br', bridge]));
        await until('made anew', async () => {
          const now = await switchPicture(on);
          return { done: now === seen, seen: `${now}\n--- instead of\n${seen}` };
        });
        cases += 1;
      }),
      { ...bounds, numRuns: 8 },
    );
    figures.push(`hostd killed in ${cases} cases, ${cut} times with work under way`);
    expect(cases).toBeGreaterThan(0);
  }, 180_000);
});
