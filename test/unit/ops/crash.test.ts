import { expect, test } from '@jest/globals';
import type { CrashPoint } from '../../../src/engine/crash-point.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import type { Call } from '../../../src/ops/context.ts';
import { install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';

// Each plan is cut short at every step and phase by a process that never comes back; the next one on the same database and the same
// world must leave things as they were, or as they should have become: never between.

interface Scene {
  readonly name: string;
  readonly plan: string;
  /** Brings the VM to where the operation starts. */
  readonly before: (host: OpsHost, vm: Ref<'VM'>) => Promise<unknown>;
  readonly act: (host: OpsHost, call: Call, vm: Ref<'VM'>) => Promise<unknown>;
}

const nothing = async (): Promise<void> => undefined;
const start = (host: OpsHost, vm: Ref<'VM'>, call = host.call) => host.vm.start(call, { vm, start_paused: false, force: false });

const scenes: readonly Scene[] = [
  { name: 'start', plan: 'VM.start', before: nothing, act: (host, call, vm) => start(host, vm, call) },
  { name: 'suspend', plan: 'VM.suspend', before: start, act: (host, call, vm) => host.vm.suspend(call, { vm }) },
  {
    name: 'resume',
    plan: 'VM.resume',
    before: async (host, vm) => {
      await start(host, vm);
      await host.vm.suspend(host.call, { vm });
    },
    act: (host, call, vm) => host.vm.resume(call, { vm, start_paused: false, force: false }),
  },
  {
    name: 'snapshot at rest',
    plan: 'VM.snapshot',
    before: nothing,
    act: (host, call, vm) => host.vm.snapshot(call, { vm, new_name: 's', ignore_vdis: [] }),
  },
  {
    name: 'snapshot live',
    plan: 'VM.snapshot',
    before: start,
    act: (host, call, vm) => host.vm.snapshot(call, { vm, new_name: 's', ignore_vdis: [] }),
  },
  { name: 'checkpoint', plan: 'VM.checkpoint', before: start, act: (host, call, vm) => host.vm.checkpoint(call, { vm, new_name: 'c' }) },
  { name: 'clone', plan: 'VM.clone', before: nothing, act: (host, call, vm) => host.vm.clone(call, { vm, new_name: 'c' }) },
  {
    name: 'revert',
    plan: 'VM.revert',
    before: (host, vm) => host.vm.snapshot(host.call, { vm, new_name: 's', ignore_vdis: [] }),
    act: (host, call, vm) => host.vm.revert(call, { snapshot: host.db.need('VM', vm).snapshots[0] ?? vm }),
  },
  {
    name: 'resize live',
    plan: 'VDI.resize',
    before: start,
    act: (host, call, vm) => host.vdi.resize_online(call, { vdi: firstDisk(host, vm), size: 64 * 2 ** 30 }),
  },
];

const firstDisk = (host: OpsHost, vm: Ref<'VM'>): Ref<'VDI'> => {
  const [vbd] = host.db
    .need('VM', vm)
    .VBDs.map(ref => host.db.need('VBD', ref))
    .filter(({ type }) => type === 'Disk');
  if (vbd === undefined) throw new Error('the VM has no disk');
  return vbd.VDI;
};

/** Every volume has a record and every record a volume; guests, ports and owners are those of VMs that run. */
const assertConsistent = (host: OpsHost, vm: Ref<'VM'>): void => {
  const { db, world } = host;
  expect(db.check()).toEqual([]);
  const volumes = [...world.srs.values()].flatMap(items => [...items.keys()]).sort();
  expect([...db.all('VDI')].map(([, vdi]) => vdi.uuid).sort()).toEqual(volumes);
  for (const [uuid, { info }] of [...world.srs.values()].flatMap(items => [...items])) {
    expect([...db.all('VDI')].find(([, vdi]) => vdi.uuid === uuid)?.[1].virtual_size).toBe(info.sizeBytes);
  }
  const record = db.need('VM', vm);
  const live = record.power_state === 'Running' || record.power_state === 'Paused';
  expect([...world.guests.keys()]).toEqual(live ? [record.uuid] : []);
  const owners = [...world.srs.values()].flatMap(items => [...items.values()]).flatMap(volume => volume.owners);
  expect(owners).toEqual(live ? record.VBDs.map(() => record.uuid) : []);
  expect([...world.srs.values()].flatMap(items => [...items.values()]).flatMap(volume => volume.overlay ?? [])).toEqual([]);
  for (const vbd of record.VBDs) expect(db.need('VBD', vbd).currently_attached).toBe(live);
  expect(record.current_operations).toEqual({});
  expect([...db.docs('plans')]).toEqual([]);
};

const isBusy = ({ db }: OpsHost): boolean =>
  [...db.docs('plans')].length > 0 || [...db.all('task')].some(([, task]) => task.status === 'pending');

/** All plans that the last process left have come to their end, and their tasks with them. */
const settled = async (host: OpsHost): Promise<void> => {
  while (isBusy(host)) {
    await new Promise<void>(resolve => {
      const stop = host.db.subscribe(() => {
        stop();
        resolve();
      });
      setImmediate(resolve);
    });
  }
  await host.services.engine.withLocks(
    [...host.db.all('VM')].map(([ref]) => ref),
    nothing,
  );
};

const cut = async (scene: Scene, point: number): Promise<boolean> => {
  let seen = -1;
  let armed = false;
  let reached: (() => void) | undefined;
  const crashed = new Promise<void>(resolve => {
    reached = resolve;
  });
  const life = { dead: false };
  const crashPoint: CrashPoint = ({ planKind }) => {
    if (!armed || life.dead || planKind !== scene.plan) return;
    seen += 1;
    if (seen !== point) return;
    life.dead = true;
    reached?.();
  };
  const first = await startOpsHost({ crashPoint, life });
  const vm = await install(first, 'v');
  await scene.before(first, vm);
  armed = true;
  const outcome = await Promise.race([
    scene.act(first, first.call, vm).then(() => 'done' as const),
    crashed.then(() => 'crashed' as const),
  ]);
  if (outcome === 'done') {
    await first.stop();
    return false;
  }
  // Its timers end with it; what it waits for never comes.
  void first.stop();
  const second = await startOpsHost({ store: first.store, world: first.world });
  const left = [...second.db.docs('plans')].length;
  await settled(second);
  assertConsistent(second, vm);
  const tasks = [...second.db.all('task')].map(([, task]) => task);
  expect(tasks.length).toBeGreaterThanOrEqual(left);
  for (const task of tasks) {
    expect(task).toMatchObject({ name_label: scene.plan, progress: 1, allowed_operations: [] });
    expect(['success', 'cancelled']).toContain(task.status);
  }
  await scene.act(second, second.call, vm).catch(error => {
    // Gone forward: the same again is refused by the state it reached.
    if (!/VM_BAD_POWER_STATE/.test(String(error))) throw error;
  });
  assertConsistent(second, vm);
  await second.stop();
  return true;
};

test.each(scenes)(
  '$name: a crash at every point unwinds or goes on',
  async scene => {
    let points = 0;
    while (await cut(scene, points)) points += 1;
    expect(points).toBeGreaterThan(4);
  },
  60_000,
);
