// Migrations that go well, over hosts that are two processes' worth of code on a world of their own.

import { describe, expect, test } from '@jest/globals';
import { DriverError } from '../../../src/drivers/hypervisor.ts';
import { allReceptions } from '../../../src/ops/migration/reception/record.ts';
import { diskContents, makeVm, migrate, SNAPSHOT_UUID, twoHosts, VM_UUID, type VmShape } from './world/scenario.ts';
import type { Host } from './world/host.ts';
import { chainOf } from './world/machine.ts';

const shapes: readonly (VmShape & { readonly name: string })[] = [
  { name: 'running', state: 'Running', snapshots: false },
  { name: 'running, with a snapshot', state: 'Running', snapshots: true },
  { name: 'halted', state: 'Halted', snapshots: false },
  { name: 'halted, with a snapshot', state: 'Halted', snapshots: true },
  { name: 'suspended', state: 'Suspended', snapshots: true },
];

function expectNothingOn(host: Host): void {
  const { machine } = host;
  const { db } = host.life.services;
  expect({
    volumes: [...machine.volumes.keys()],
    guests: [...machine.guests.keys()],
    ports: [...machine.ports],
    spare: machine.spare.size,
    vms: db.count('VM'),
    vdis: db.count('VDI'),
    vbds: db.count('VBD'),
    vifs: db.count('VIF'),
    receptions: allReceptions(db).length,
    plans: [...db.docs('plans')].length,
    dangling: db.check(),
  }).toEqual({ volumes: [], guests: [], ports: [], spare: 0, vms: 0, vdis: 0, vbds: 0, vifs: 0, receptions: 0, plans: 0, dangling: [] });
}

describe.each(shapes)('a VM that is $name', shape => {
  test('moves, and nothing stays behind', async () => {
    const { a, b } = await twoHosts();
    await makeVm(a, shape);
    const before = diskContents(a);
    const moved = await migrate(a, b);
    const { db } = b.life.services;
    expectNothingOn(a);
    const vm = db.need('VM', moved);
    expect(vm).toMatchObject({ uuid: VM_UUID, name_label: 'web', power_state: shape.state });
    expect(db.check()).toEqual([]);
    expect(vm.snapshots.map(ref => db.need('VM', ref).uuid)).toEqual(shape.snapshots ? [SNAPSHOT_UUID] : []);
    const guest = b.machine.guests.get(VM_UUID);
    expect(guest?.state).toBe(shape.state === 'Running' ? 'running' : undefined);
    for (const [device, content] of diskContents(b)) {
      expect(content).toEqual(new Map([...(before.get(device) ?? []), ...(guest?.memory.written.get(device) ?? [])]));
    }
    expect(allReceptions(db)).toEqual([]);
    expect(b.machine.ports.size).toBe(shape.state === 'Running' ? 1 : 0);
    expect([...b.machine.volumes.values()].filter(volume => volume.exported)).toEqual([]);
  });

  test('comes back again', async () => {
    const { a, b } = await twoHosts();
    await makeVm(a, shape);
    await migrate(a, b);
    await migrate(b, a);
    expectNothingOn(b);
    expect(a.life.services.db.byUuid('VM', VM_UUID)).toBeDefined();
    expect(a.machine.guests.get(VM_UUID)?.state).toBe(shape.state === 'Running' ? 'running' : undefined);
  });
});

describe('the features that a guest booted with', () => {
  const [fewer, all] = ['06000000-10000000', '06000000-10000000-00000000-00000000-00000000-00000020'];
  const levelled = async (ofA: string, ofB: string) => {
    const { a, b } = await twoHosts();
    for (const [host, atMost] of [
      [a, ofA],
      [b, ofB],
    ] as const) {
      const level = { atBoot: fewer, atMost };
      host.machine.guestFeatures = { pv: level, hvm: level };
    }
    const flags = { vendor: 'test', features: all };
    const vm = await makeVm(a, { state: 'Running', snapshots: false });
    await a.life.services.db.transaction(tx => tx.update('VM', vm, { last_boot_CPU_flags: flags }));
    return { a, b, vm, flags };
  };

  test('go with it, though the other host gives less to those that boot there', async () => {
    const { a, b, flags } = await levelled(all, all);
    const moved = await migrate(a, b);
    expect(b.machine.guests.get(VM_UUID)?.spec.cpuFeatures).toBe(all);
    expect(b.life.services.db.need('VM', moved).last_boot_CPU_flags).toEqual(flags);
  });

  test('hold it back from a host that lacks one: nothing is begun', async () => {
    const { a, b, vm } = await levelled(all, fewer);
    await expect(migrate(a, b)).rejects.toMatchObject({
      code: 'VM_INCOMPATIBLE_WITH_THIS_HOST',
      params: [vm, expect.any(String), 'the processors of host "host b" lack avx2'],
    });
    expectNothingOn(b);
    expect(a.machine.guests.get(VM_UUID)?.state).toBe('running');
    expect([...a.life.services.db.docs('plans')]).toEqual([]);
  });
});

test('a snapshot shares its data with the disk there as it did here', async () => {
  const { a, b } = await twoHosts();
  await makeVm(a, { state: 'Running', snapshots: true });
  await migrate(a, b);
  const tops = [...b.machine.volumes.values()].map(volume => chainOf(volume.top));
  const shared = tops.filter(chain => chain.length === 2).map(chain => chain[1]);
  expect(tops).toHaveLength(3);
  expect(shared).toHaveLength(1);
  expect(tops.some(chain => chain[0] === shared[0])).toBe(true);
});

test('a copy of a halted VM leaves the original and has names of its own', async () => {
  const { a, b } = await twoHosts();
  const vm = await makeVm(a, { state: 'Halted', snapshots: true });
  const copied = b.life.services.db.need('VM', await migrate(a, b, { copy: 'true' }));
  const original = a.life.services.db.need('VM', vm);
  expect(copied.uuid).not.toBe(original.uuid);
  expect(copied.name_label).toBe(original.name_label);
  const mac = (host: Host, vif: (typeof copied.VIFs)[number] | undefined) => vif && host.life.services.db.need('VIF', vif).MAC;
  expect(mac(b, copied.VIFs[0])).not.toBe(mac(a, original.VIFs[0]));
  expect(diskContents(b, copied.uuid)).toEqual(diskContents(a));
  expect([a, b].flatMap(host => host.life.services.db.check())).toEqual([]);
});

test('a running VM cannot be copied', async () => {
  const { a, b } = await twoHosts();
  await makeVm(a, { state: 'Running', snapshots: false });
  await expect(migrate(a, b, { copy: 'true' })).rejects.toMatchObject({ code: 'VM_BAD_POWER_STATE' });
  expectNothingOn(b);
});

test.each([
  ['timeout', 'VM_MIGRATE_FAILED', 'the destination: timeout: the export did not start in time'],
  ['failed', 'VM_MIGRATE_FAILED', 'the destination: the export did not start in time'],
  ['no-space', 'SR_FULL', '0'],
] as const)('what fails at the destination (%s) is told by name, not as a defect', async (kind, code, told) => {
  const { lab, a, b } = await twoHosts();
  await makeVm(a, { state: 'Running', snapshots: false });
  lab.fault = (host, act) => {
    if (host === b && act === 'storage.openExport') throw new DriverError(kind, 'the export did not start in time');
  };
  await expect(migrate(a, b)).rejects.toMatchObject({ code, params: expect.arrayContaining([told]) });
  expectNothingOn(b);
});
