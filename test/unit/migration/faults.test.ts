// Every act of a migration, and at each of them: it fails, the source dies, the destination dies, the link is cut. However it ends, the
// VM is on exactly one host, whole, nothing of it is on the other, and a second try succeeds.

import { describe, expect, test } from '@jest/globals';
import { DriverError } from '../../../src/drivers/hypervisor.ts';
import { inTurn } from '../../../src/lib/in-turn.ts';
import { allReceptions } from '../../../src/ops/migration/reception/record.ts';
import type { Host, Lab } from './world/host.ts';
import { stateOf } from './world/host.ts';
import { tick } from './world/machine.ts';
import { diskContents, makeVm, migrate, type Scenario, twoHosts, VM_UUID, type VmShape } from './world/scenario.ts';

/** Each has its own two hosts; they mostly wait for timers. */
const WORLDS_AT_ONCE = 8;

type Blow = 'failure' | 'source dies' | 'destination dies' | 'link cut' | 'cancel';

const machinesOf = (lab: Lab) => lab.hosts.map(host => host.machine);

/** Names of all acts of a migration that goes well, in order. */
async function rehearse(shape: VmShape): Promise<readonly string[]> {
  const { lab, a, b } = await twoHosts();
  await makeVm(a, shape);
  const acts: string[] = [];
  lab.fault = (host, act) => {
    tick(machinesOf(lab));
    acts.push(`${host.machine.name}: ${act}`);
  };
  await migrate(a, b);
  return acts;
}

/** Plays it again, with a blow at act number `at`. Gives what the caller of the migration was told, if anybody was left to tell. */
async function strike({ lab, a, b }: Omit<Scenario, 'vm'>, at: number, blow: Blow): Promise<'moved' | 'failed' | 'unknown'> {
  let count = 0;
  const cancel = new AbortController();
  const struck = Promise.withResolvers<void>();
  lab.fault = (_host, act) => {
    tick(machinesOf(lab));
    if (count++ !== at) return;
    struck.resolve();
    switch (blow) {
      case 'failure':
        throw new DriverError('failed', `${act} was told to fail`);
      case 'source dies':
        return a.kill();
      case 'destination dies':
        return b.kill();
      case 'link cut':
        lab.link.up = false;
        return;
      case 'cancel':
        return cancel.abort(new DriverError('cancelled', 'cancelled by the test'));
      default:
        blow satisfies never;
    }
  };
  const told = migrate(a, b, {}, cancel.signal).then(
    () => 'moved' as const,
    () => 'failed' as const,
  );
  const dying = a.life.died.promise.then(() => 'unknown' as const);
  const mended = struck.promise.then(() => mend(lab, a, b));
  const outcome = await Promise.race([told, dying]);
  struck.resolve();
  await mended;
  return outcome;
}

/** Somebody starts dead hostds and repairs the cable after a little while. */
async function mend(lab: Lab, a: Host, b: Host): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await new Promise(resolve => setTimeout(resolve, 1));
  }
  lab.link.up = true;
  for (const host of [a, b]) {
    if (!host.life.dead) continue;
    await host.boot();
    host.life.recover().catch(() => undefined);
  }
}

/** Until nothing is under way any more; time passes as it takes. */
async function settle(lab: Lab): Promise<void> {
  for (let round = 0; round < 120; round++) {
    await new Promise(resolve => setTimeout(resolve, 1));
    for (const host of lab.hosts) {
      host.clock.advance(5_000);
      await stateOf(host).receptions.sweep();
    }
    const busy = lab.hosts.some(host => {
      const { db } = host.life.services;
      const receptions = allReceptions(db).filter(
        each => each.state === 'open' || each.state === 'aborting' || (each.state === 'committed' && !each.finished),
      );
      return receptions.length > 0 || [...db.docs('plans')].length > 0;
    });
    if (!busy) return;
  }
  throw new Error('it never settled');
}

function leftovers(host: Host): unknown {
  const { machine } = host;
  const { db } = host.life.services;
  return {
    host: machine.name,
    volumes: [...machine.volumes.keys()],
    guests: [...machine.guests.keys()],
    ports: [...machine.ports],
    spare: machine.spare.size,
    records: ['VM', 'VDI', 'VBD', 'VIF', 'VM_metrics', 'VM_guest_metrics', 'console'].map(cls => db.count(cls as 'VM')),
  };
}
const nothingOn = (host: Host): unknown => ({
  host: host.machine.name,
  volumes: [],
  guests: [],
  ports: [],
  spare: 0,
  records: [0, 0, 0, 0, 0, 0, 0],
});

function expectWhole(host: Host, shape: VmShape, before: ReadonlyMap<string, ReadonlyMap<number, string>>): void {
  const guest = host.machine.guests.get(VM_UUID);
  expect(guest?.state).toBe(shape.state === 'Running' ? 'running' : undefined);
  for (const [device, content] of diskContents(host)) {
    expect(content).toEqual(new Map([...(before.get(device) ?? []), ...(guest?.memory.written.get(device) ?? [])]));
  }
  expect([...host.machine.volumes.values()].filter(volume => volume.exported)).toEqual([]);
  expect(host.machine.spare.size).toBe(0);
  expect(host.life.services.db.check()).toEqual([]);
}

async function expectOnceAndWhole(
  { lab, a, b }: Omit<Scenario, 'vm'>,
  shape: VmShape,
  outcome: string,
  before: ReturnType<typeof diskContents>,
): Promise<void> {
  tick(machinesOf(lab));
  const homes = [a, b].filter(host => host.life.services.db.byUuid('VM', VM_UUID) !== undefined);
  expect(homes.map(host => host.machine.name)).toHaveLength(1);
  const [home] = homes;
  if (!home) return;
  if (outcome !== 'unknown') expect(home).toBe(outcome === 'moved' ? b : a);
  const other = home === a ? b : a;
  expect(leftovers(other)).toEqual(nothingOn(other));
  expectWhole(home, shape, before);
  // A second try.
  lab.fault = () => tick(machinesOf(lab));
  await migrate(home, other);
  expect(leftovers(home)).toEqual(nothingOn(home));
  expectWhole(other, shape, before);
}

const shapes: readonly (VmShape & { readonly name: string })[] = [
  { name: 'running, with a snapshot', state: 'Running', snapshots: true },
  { name: 'halted, with a snapshot', state: 'Halted', snapshots: true },
  { name: 'suspended', state: 'Suspended', snapshots: false },
];
const blows: readonly Blow[] = ['failure', 'source dies', 'destination dies', 'link cut', 'cancel'];

describe.each(shapes)('a VM that is $name', shape => {
  test.each(blows)(
    'at every act: %s',
    async blow => {
      const acts = await rehearse(shape);
      expect(acts.length).toBeGreaterThan(20);
      await inTurn(acts, WORLDS_AT_ONCE, async (act, at) => {
        const { lab, a, b } = await twoHosts();
        await makeVm(a, shape);
        const before = diskContents(a);
        try {
          const outcome = await strike({ lab, a, b }, at, blow);
          await settle(lab);
          await expectOnceAndWhole({ lab, a, b }, shape, outcome, before);
        } catch (error) {
          throw new Error(`${blow} at act ${at} (${act}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
      });
    },
    120_000,
  );
});
