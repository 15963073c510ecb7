// Migrations that compare all disks before the commit: equal ones go on, a difference takes everything back, and whatever strikes
// while they are compared leaves the VM on one host, whole.

import { describe, expect, test } from '@jest/globals';
import { allReceptions } from '../../../src/ops/migration/reception/record.ts';
import { parseOptions } from '../../../src/ops/migration/options.ts';
import { sentence, summarise } from '../../../src/ops/migration/summary.ts';
import type { Json } from '../../../src/lib/json.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import type { Host, Lab } from './world/host.ts';
import { stateOf } from './world/host.ts';
import { tick } from './world/machine.ts';
import { diskContents, makeVm, migrate, twoHosts, VM_UUID, type VmShape } from './world/scenario.ts';

const shapes: readonly (VmShape & { readonly name: string })[] = [
  { name: 'running', state: 'Running', snapshots: true },
  { name: 'halted', state: 'Halted', snapshots: true },
  { name: 'suspended', state: 'Suspended', snapshots: true },
];

const verify = { verify: 'true' };

const nothingBut = (host: Host): unknown => ({
  volumes: [...host.machine.volumes.keys()],
  guests: [...host.machine.guests.keys()],
  vms: host.life.services.db.count('VM'),
  dangling: host.life.services.db.check(),
});
const nothing = { volumes: [], guests: [], vms: 0, dangling: [] };

/** Counts the acts of a kind; guests go on writing meanwhile. */
function watch(lab: Lab, wanted: string, at: (host: Host, count: number) => void = () => undefined): () => number {
  let count = 0;
  lab.fault = (host, act) => {
    tick(lab.hosts.map(each => each.machine));
    if (act === wanted) at(host, ++count);
  };
  return () => count;
}

describe.each(shapes)('a VM that is $name', shape => {
  const state = shape.state === 'Running' ? 'running' : undefined;
  const disks = 2 + (shape.snapshots ? 1 : 0) + (shape.state === 'Suspended' ? 1 : 0);

  test('moves when every disk is the same there', async () => {
    const { lab, a, b } = await twoHosts();
    await makeVm(a, shape);
    const compared = watch(lab, 'storage.compare');
    await migrate(a, b, verify);
    expect(compared()).toBe(disks);
    expect(nothingBut(a)).toEqual(nothing);
    expect(b.machine.guests.get(VM_UUID)?.state).toBe(state);
    expect([...b.machine.volumes.values()].filter(volume => volume.exported)).toEqual([]);
  });

  test('stays where it is when one block of a disk is different there', async () => {
    const { lab, a, b } = await twoHosts();
    await makeVm(a, shape);
    const before = diskContents(a);
    watch(lab, 'storage.compare', () => {
      for (const { spec, top } of b.machine.volumes.values()) if (spec.name === 'disk-1') top.blocks.set(7, 'not what was sent');
    });
    await expect(migrate(a, b, verify)).rejects.toMatchObject({
      code: 'VM_MIGRATE_FAILED',
      params: expect.arrayContaining([
        expect.stringMatching(/^disk "disk-1" \(disk-1\) did not arrive as it is here, first at byte 3584: the VM stays on this host$/),
      ]),
    });
    lab.fault = () => undefined;
    expect(nothingBut(b)).toEqual(nothing);
    const guest = a.machine.guests.get(VM_UUID);
    expect(guest?.state).toBe(state);
    for (const [device, content] of diskContents(a))
      expect(content).toEqual(new Map([...(before.get(device) ?? []), ...(guest?.memory.written.get(device) ?? [])]));
    await migrate(a, b, verify);
    expect(nothingBut(a)).toEqual(nothing);
  });

  test.each(['source dies', 'destination dies', 'link cut'])('is whole on one host when, at any comparison, %s', async blow => {
    for (let at = 1; at <= disks; at++) {
      const { lab, a, b } = await twoHosts();
      await makeVm(a, shape);
      watch(lab, 'storage.compare', (_host, count) => {
        if (count !== at) return;
        if (blow === 'source dies') a.kill();
        else if (blow === 'destination dies') b.kill();
        else lab.link.up = false;
      });
      const told = migrate(a, b, verify).then(
        () => 'moved',
        () => 'failed',
      );
      expect(await Promise.race([told, a.life.died.promise.then(() => 'unknown')])).not.toBe('moved');
      await mend(lab);
      expect(nothingBut(b)).toEqual(nothing);
      expect(a.machine.guests.get(VM_UUID)?.state).toBe(state);
      await migrate(a, b, verify);
      expect(nothingBut(a)).toEqual(nothing);
      expect(b.machine.guests.get(VM_UUID)?.state).toBe(state);
    }
  });
});

/** The cable is repaired, dead hosts are started, and time passes until nothing is under way. */
async function mend(lab: Lab): Promise<void> {
  lab.link.up = true;
  lab.fault = () => undefined;
  for (const host of lab.hosts) {
    if (!host.life.dead) continue;
    await host.boot();
    host.life.recover().catch(() => undefined);
  }
  const isBusy = ({ life: { services } }: Host): boolean =>
    [...services.db.docs('plans')].length > 0 ||
    allReceptions(services.db).some(each => each.state === 'open' || each.state === 'aborting');
  for (let round = 0; round < 120; round++) {
    await new Promise(resolve => setTimeout(resolve, 1));
    for (const host of lab.hosts) {
      host.clock.advance(5_000);
      await stateOf(host).receptions.sweep();
    }
    if (!lab.hosts.some(isBusy)) return;
  }
  throw new Error('it never settled');
}

test('is off unless asked for', () => {
  expect(parseOptions({}, silentLogger).verify).toBe(false);
  expect(parseOptions({ verify: 'true' }, silentLogger).verify).toBe(true);
  expect(() => parseOptions({ verify: 'perhaps' }, silentLogger)).toThrow('INVALID_VALUE');
});

test('is told of, and counted as a part of the pause', () => {
  const results = new Map<string, Json>([
    ['copy-0', { bytes: 2 ** 20 }],
    ['handOver', { downtimeMs: 40, memoryBytes: 2 ** 21 }],
    ['verify', { tookMs: 60 }],
  ]);
  const summary = summarise({ id: 'plan', results }, 1000);
  expect(summary).toMatchObject({ downtimeMs: 40, verifyMs: 60 });
  expect(sentence(summary)).toBe(
    'moved 1.0 MiB of disks and 2.0 MiB of memory in 1.0 s; the guest stood still for 100 ms; all disks compared: identical',
  );
});
