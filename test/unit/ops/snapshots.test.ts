import { afterEach, expect, test } from '@jest/globals';
import { isNullRef, type Ref } from '../../../src/lib/brand.ts';
import { vmFamily } from '../../../src/ops/vm/family.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';

const hosts: OpsHost[] = [];
const start = async (): Promise<OpsHost> => {
  const host = await startOpsHost();
  hosts.push(host);
  return host;
};
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

const disk = (host: OpsHost, vm: Ref<'VM'>): Ref<'VDI'> => {
  const [vbd] = host.db.need('VM', vm).VBDs;
  if (vbd === undefined) throw new Error('no disk');
  return host.db.need('VBD', vbd).VDI;
};
const run = (host: OpsHost, vm: Ref<'VM'>) => host.vm.start(host.call, { vm, start_paused: false, force: false });

test.each(['at rest', 'running'])('a snapshot %s holds the disks, and revert takes them back', async state => {
  const host = await start();
  const { db, call, world } = host;
  const vm = await install(host, 'v');
  await host.vm.set_name_description?.(call, { self: vm, value: 'original' });
  if (state === 'running') await run(host, vm);
  const before = disk(host, vm);
  const snapshot = await host.vm.snapshot(call, { vm, new_name: 's', ignore_vdis: [] });
  expect(db.need('VM', snapshot)).toMatchObject({ is_a_snapshot: true, is_a_template: true, snapshot_of: vm, power_state: 'Halted' });
  expect(db.need('VM', vm)).toMatchObject({ snapshots: [snapshot], parent: snapshot });
  expect(db.need('VDI', disk(host, snapshot))).toMatchObject({ is_a_snapshot: true, snapshot_of: before });
  expect([...vmFamily(db, vm).vdis.keys()]).toEqual([disk(host, snapshot), before]);
  if (state === 'running') expect(world.calls).toContain('freeze');
  await host.vm.revert(call, { snapshot });
  expect(db.need('VM', vm).power_state).toBe('Halted');
  expect(disk(host, vm)).not.toBe(before);
  expect(db.get('VDI', before)).toBeUndefined();
  expect(db.need('VDI', disk(host, snapshot)).snapshot_of).toBe(disk(host, vm));
  await host.vm.destroy(call, { self: snapshot });
  expect(isNullRef(db.need('VM', vm).parent)).toBe(true);
  expect(db.check()).toEqual([]);
  await run(host, vm);
});

test('a checkpoint keeps memory: revert makes the VM suspended, resume runs it', async () => {
  const host = await start();
  const { db, call } = host;
  const vm = await install(host, 'v');
  expect(await errorOf(() => host.vm.checkpoint(call, { vm, new_name: 'c' }))).toEqual([
    'VM_BAD_POWER_STATE',
    vm,
    'paused, suspended, running',
    'halted',
  ]);
  await run(host, vm);
  const checkpoint = await host.vm.checkpoint(call, { vm, new_name: 'c' });
  expect(db.need('VM', vm).power_state).toBe('Running');
  expect(db.need('VM', checkpoint).power_state).toBe('Suspended');
  expect(db.need('VDI', db.need('VM', checkpoint).suspend_VDI).type).toBe('suspend');
  await host.vm.hard_shutdown(call, { vm });
  await host.vm.revert(call, { snapshot: checkpoint });
  expect(db.need('VM', vm).power_state).toBe('Suspended');
  await host.vm.resume(call, { vm, start_paused: false, force: false });
  expect(db.need('VM', vm).power_state).toBe('Running');
  expect(db.check()).toEqual([]);
});

test('clones of a snapshot are VMs with disks of their own', async () => {
  const host = await start();
  const { db, call } = host;
  const vm = await install(host, 'v');
  const snapshot = await host.vm.snapshot(call, { vm, new_name: 's', ignore_vdis: [] });
  const clone = await host.vm.clone(call, { vm: snapshot, new_name: 'c' });
  expect(db.need('VM', clone)).toMatchObject({ is_a_template: false, is_a_snapshot: false, name_label: 'c' });
  expect(new Set([disk(host, vm), disk(host, snapshot), disk(host, clone)]).size).toBe(3);
  await run(host, clone);
});

test('a disk in a running guest can be snapshot and cloned, not destroyed or resized offline', async () => {
  const host = await start();
  const { db, call } = host;
  const vm = await install(host, 'v');
  await run(host, vm);
  const vdi = disk(host, vm);
  expect(await errorOf(() => host.vdi.destroy(call, { self: vdi }))).toEqual(['VDI_IN_USE', vdi, 'destroy']);
  expect(await errorOf(() => host.vdi.forget(call, { vdi }))).toEqual(['VDI_IN_USE', vdi, 'forget']);
  expect(await errorOf(() => host.vdi.resize(call, { vdi, size: 20e9 }))).toEqual(['VDI_IN_USE', vdi, 'resize']);
  expect(await errorOf(() => host.vdi.force_unlock(call, { vdi }))).toEqual(['VDI_IN_USE', vdi, 'force_unlock']);
  const snapshot = await host.vdi.snapshot(call, { vdi, driver_params: {} });
  const clone = await host.vdi.clone(call, { vdi, driver_params: {} });
  expect(db.need('VDI', snapshot)).toMatchObject({ is_a_snapshot: true, snapshot_of: vdi });
  expect(db.need('VDI', clone)).toMatchObject({ is_a_snapshot: false });
  expect([...host.world.srs.values()].reduce((sum, volumes) => sum + volumes.size, 0)).toBe(db.count('VDI'));
  await host.vdi.resize_online(call, { vdi, size: 20 * 2 ** 30 });
  expect(db.need('VDI', vdi).virtual_size).toBe(20 * 2 ** 30);
  await host.vm.suspend(call, { vm });
  expect(await errorOf(() => host.vdi.resize(call, { vdi, size: 30 * 2 ** 30 }))).toEqual([
    'VM_BAD_POWER_STATE',
    vm,
    'halted',
    'suspended',
  ]);
  await host.vm.hard_shutdown(call, { vm });
  await host.vdi.destroy(call, { self: vdi });
  expect(db.need('VM', vm).VBDs).toEqual([]);
  expect(db.check()).toEqual([]);
});
