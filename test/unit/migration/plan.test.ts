// The plan as data: which steps, in which order, and where there is no way back.

import { describe, expect, test } from '@jest/globals';
import { chooseIdentities } from '../../../src/ops/migration/identities.ts';
import { travellingGuest } from '../../../src/ops/migration/guest.ts';
import { type PlanInput, planMigration, planPoolMigration } from '../../../src/ops/migration/plan.ts';
import { collectView } from '../../../src/ops/migration/view.ts';
import { makeVm, twoHosts, VM_UUID, type VmShape } from './world/scenario.ts';

async function input(shape: VmShape, { copy = false, verify = false } = {}): Promise<PlanInput> {
  const { a, b } = await twoHosts();
  const { services } = a.life;
  const view = await collectView(services, await makeVm(a, shape));
  const identities = chooseIdentities(
    { vms: [VM_UUID], vbds: [], vifs: ['vif-0'], volumes: ['disk-0', 'disk-1', 'snap-disk-0'], macs: [] },
    { copy },
  );
  const networkOf = new Map(view.vm.vifs.map(vif => [vif.ref, b.network]));
  const status = await services.hypervisor.status(VM_UUID);
  let fresh = 0;
  return {
    view,
    address: { reception: 'r', url: 'https://b', fingerprint: null, session: 's' },
    network: b.network,
    options: { copy, compress: false, force: false, verify, bandwidthBytesPerSecond: 1000 },
    srOf: new Map([...view.disks.keys()].map(vdi => [vdi, b.srUuid])),
    networkOf,
    identities,
    guest: status && travellingGuest(services.db, view, status, identities, networkOf),
    freshId: () => `fresh-${++fresh}`,
  };
}

const idsOf = (plan: ReturnType<typeof planMigration>): readonly string[] => plan.steps.map(step => step.id);

describe('the plan', () => {
  test('of a running VM with a snapshot', async () => {
    const given = await input({ state: 'Running', snapshots: true });
    const plan = planMigration(given);
    expect(idsOf(plan)).toEqual([
      'reserve',
      'freeze',
      'copy-0',
      'copy-1',
      'copy-2',
      'receive',
      'mirror',
      'memory',
      'handOver',
      'commit',
      'leave-guest',
      'leave-disks',
      'leave-records',
      'close',
    ]);
    expect(plan.pivot).toBe('commit');
    expect(new Set(plan.locks)).toEqual(
      new Set([given.view.vm.ref, ...given.view.snapshots.map(each => each.ref), ...given.view.disks.keys()]),
    );
  });

  test('of a halted VM freezes nothing and moves no memory', async () => {
    const plan = planMigration(await input({ state: 'Halted', snapshots: false }));
    expect(idsOf(plan)).toEqual(['reserve', 'copy-0', 'copy-1', 'commit', 'leave-disks', 'leave-records', 'close']);
  });

  test('of a copy leaves the original alone', async () => {
    expect(idsOf(planMigration(await input({ state: 'Halted', snapshots: false }, { copy: true })))).toEqual([
      'reserve',
      'copy-0',
      'copy-1',
      'commit',
      'close',
    ]);
  });

  test('compares all disks before the commit if asked, with the guest stopped', async () => {
    const given = await input({ state: 'Running', snapshots: true }, { verify: true });
    const live = planMigration(given);
    expect(idsOf(live).slice(-7)).toEqual(['handOver', 'verify', 'commit', 'leave-guest', 'leave-disks', 'leave-records', 'close']);
    const compared = ['disk-0', 'disk-1', 'snap-disk-0'].map(volume =>
      expect.objectContaining({ from: expect.objectContaining({ volume }), id: given.identities.volumes[volume] }),
    );
    const disks = live.steps.find(step => step.id === 'verify')?.args['disks'];
    expect(disks).toHaveLength(compared.length);
    expect(disks).toEqual(expect.arrayContaining(compared));
    const still = planMigration(await input({ state: 'Halted', snapshots: false }, { verify: true }));
    expect(idsOf(still)).toEqual(['reserve', 'copy-0', 'copy-1', 'verify', 'commit', 'leave-disks', 'leave-records', 'close']);
  });

  test('survives the journal', async () => {
    const plan = planMigration(await input({ state: 'Running', snapshots: true }));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('gives most of its weight to what takes most of the time', async () => {
    const plan = planMigration(await input({ state: 'Running', snapshots: false }));
    const weight = (id: string): number => plan.steps.find(step => step.id === id)?.weight ?? 0;
    expect(weight('copy-0')).toBeGreaterThan(weight('mirror'));
    expect(weight('copy-0')).toBeGreaterThan(weight('commit'));
  });

  test('within a pool copies no disk and keeps the records', async () => {
    const plan = planPoolMigration(await input({ state: 'Running', snapshots: true }));
    expect(idsOf(plan)).toEqual(['reserve', 'receive', 'memory', 'handOver', 'commit', 'leave-guest', 'leave-disks', 'close']);
    expect(plan.pivot).toBe('commit');
  });
});
