import { afterEach, expect, test } from '@jest/globals';
import { isNullRef, nullRef } from '../../../src/lib/brand.ts';
import { messagesOf } from '../../../src/ops/message/post.ts';
import { revisionKey } from '../../../src/ops/template/install.ts';
import { templateRows } from '../../../src/ops/template/rows.ts';
import { errorOf, install, type OpsHost, startOpsHost, template } from '../../support/ops/host.ts';
import { vifArgs } from '../../support/ops/vif-args.ts';

const hosts: OpsHost[] = [];
const start = async (options: Parameters<typeof startOpsHost>[0] = {}): Promise<OpsHost> => {
  const host = await startOpsHost(options);
  hosts.push(host);
  return host;
};
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

test('a first start makes a whole pool without dangling references', async () => {
  const host = await start({ degraded: 'no switch here' });
  const { db, services } = host;
  const pool = db.need('pool', services.self.pool);
  expect(pool.master).toBe(services.self.host);
  expect(db.need('SR', pool.default_SR).name_label).toBe('Local storage');
  expect(db.need('PBD', db.need('SR', pool.default_SR).PBDs[0] ?? nullRef()).currently_attached).toBe(true);
  expect(db.need('host', services.self.host).PIFs).toHaveLength(2);
  expect(db.need('host', services.self.host).other_config['xcp-network-degraded']).toBe('no switch here');
  expect(messagesOf(db).map(([, message]) => message.name)).toEqual(['NETWORK_DEGRADED']);
  expect([...db.all('VM')].map(([, vm]) => vm.name_label).sort()).toEqual(
    ['Control domain on host: one', ...templateRows.map(row => row.name)].sort(),
  );
  expect(db.check()).toEqual([]);
});

test('a second start finds what the first made', async () => {
  const first = await start();
  const vm = await install(first, 'kept');
  await first.stop();
  const second = await start({ store: first.store, world: first.world });
  expect(second.services.self).toEqual(first.services.self);
  expect(second.db.need('VM', vm).allowed_operations).toContain('start');
  expect([...second.db.all('host')]).toHaveLength(1);
  await second.vm.start(second.call, { vm, start_paused: false, force: false });
});

test('after an upgrade a pool has the templates that are new, but none that was removed', async () => {
  const first = await start();
  const { db, services } = first;
  const { pool } = services.self;
  // As a pool of the first revision is, whose admin has no use for two of its templates.
  await db.transaction(tx => {
    for (const [ref, vm] of Array.from(tx.all('VM'))) if (vm.is_a_template && vm.name_label !== 'Tiny Linux') tx.delete('VM', ref);
    const { [revisionKey]: _revision, ...config } = tx.need('pool', pool).other_config;
    tx.update('pool', pool, { other_config: config });
  });
  await first.stop();
  const names = ({ db: reader }: OpsHost): readonly string[] =>
    [...reader.all('VM')]
      .filter(([, vm]) => vm.is_a_template)
      .map(([, vm]) => vm.name_label)
      .sort();
  const expected = ['Tiny Linux', ...templateRows.filter(row => row.since !== 1).map(row => row.name)].sort();
  expect(templateRows.length - expected.length).toBe(2);
  const second = await start({ store: first.store, world: first.world });
  expect(names(second)).toEqual(expected);
  await second.stop();
  expect(names(await start({ store: first.store, world: first.world }))).toEqual(expected);
});

test('install, start, shut down, destroy', async () => {
  const host = await start();
  const { db, world, call } = host;
  const vm = await install(host, 'v1');
  const made = db.need('VM', vm);
  expect(made.is_a_template).toBe(false);
  expect(made.other_config['disks']).toBeUndefined();
  expect(made.other_config['base_template_name']).toBe('Linux (generic)');
  const network = db.byNameLabel('network', 'Pool-wide network associated with eth0')[0] ?? nullRef<'network'>();
  const vif = await host.vif.create(call, {
    args: { ...vifArgs, VM: vm, network, device: '0' },
  });
  await host.vm.start(call, { vm, start_paused: false, force: false });
  const running = db.need('VM', vm);
  expect(running).toMatchObject({ power_state: 'Running', resident_on: host.services.self.host, domid: 1 });
  expect(running.consoles).toHaveLength(2);
  expect(db.need('VIF', vif).currently_attached).toBe(true);
  expect(running.VBDs.map(ref => db.need('VBD', ref).device)).toEqual(['xvda']);
  expect(world.ports.size).toBe(1);
  expect(world.guests.get(running.uuid)?.spec.disks[0]?.source?.path).toContain('/volume/');
  await host.vm.clean_shutdown(call, { vm });
  const halted = db.need('VM', vm);
  expect(halted).toMatchObject({ power_state: 'Halted', domid: -1, consoles: [] });
  expect(isNullRef(halted.resident_on)).toBe(true);
  expect(world.ports.size).toBe(0);
  expect([...world.srs.values()].flatMap(volumes => [...volumes.values()]).flatMap(volume => volume.owners)).toEqual([]);
  await host.vm.destroy(call, { self: vm });
  expect(db.get('VM', vm)).toBeUndefined();
  expect(db.check()).toEqual([]);
});

test('the errors of a running VM are those of the API', async () => {
  const host = await start();
  const { call } = host;
  const vm = await install(host, 'v1');
  expect(await errorOf(() => host.vm.hard_shutdown(call, { vm }))).toEqual([
    'VM_BAD_POWER_STATE',
    vm,
    'paused, suspended, running',
    'halted',
  ]);
  expect(await errorOf(() => host.vm.start(call, { vm: template(host, 'Tiny Linux'), start_paused: false, force: false }))).toEqual([
    'VM_IS_TEMPLATE',
    template(host, 'Tiny Linux'),
    'start',
  ]);
  await host.vm.start(call, { vm, start_paused: true, force: false });
  expect(host.db.need('VM', vm).power_state).toBe('Paused');
  expect(await errorOf(() => host.vm.destroy(call, { self: vm }))).toEqual(['VM_BAD_POWER_STATE', vm, 'halted, suspended', 'paused']);
  await host.vm.unpause(call, { vm });
  expect(await errorOf(() => host.vm.set_VCPUs_max(call, { self: vm, value: 2 }))).toEqual(['VM_BAD_POWER_STATE', vm, 'halted', 'running']);
  expect(await errorOf(() => host.vm.power_state_reset(call, { vm }))).toEqual(['DOMAIN_EXISTS', vm]);
  await host.vm.hard_reboot(call, { vm });
  await host.vm.hard_shutdown(call, { vm });
});

test('of two starts at once one is admitted and the other is told who is at work', async () => {
  const host = await start();
  const vm = await install(host, 'v1');
  const go = () => host.vm.start(host.call, { vm, start_paused: false, force: false });
  const [first, second] = await Promise.allSettled([go(), go()]);
  expect(first?.status).toBe('fulfilled');
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'OTHER_OPERATION_IN_PROGRESS' } });
  expect(host.db.need('VM', vm).current_operations).toEqual({});
});

test('suspend keeps the memory in a VDI, resume uses it up', async () => {
  const host = await start();
  const { db, call } = host;
  const vm = await install(host, 'v1');
  await host.vm.start(call, { vm, start_paused: false, force: false });
  await host.vm.suspend(call, { vm });
  const suspended = db.need('VM', vm);
  expect(suspended.power_state).toBe('Suspended');
  const image = db.need('VDI', suspended.suspend_VDI);
  expect(image).toMatchObject({ type: 'suspend', name_label: 'Suspend image' });
  await host.vm.resume(call, { vm, start_paused: false, force: false });
  expect(db.need('VM', vm)).toMatchObject({ power_state: 'Running' });
  expect(isNullRef(db.need('VM', vm).suspend_VDI)).toBe(true);
  expect(db.byUuid('VDI', image.uuid)).toBeUndefined();
  expect([...host.world.srs.values()].some(volumes => volumes.has(image.uuid))).toBe(false);
  await host.vm.suspend(call, { vm });
  await host.vm.hard_shutdown(call, { vm });
  expect(db.need('VM', vm).power_state).toBe('Halted');
  expect([...db.all('VDI')].filter(([, vdi]) => vdi.type === 'suspend')).toEqual([]);
  expect(db.check()).toEqual([]);
});

test('a guest that ends by itself halts its VM, or starts again if its settings say so', async () => {
  const host = await start();
  const { db, world, call } = host;
  const vm = await install(host, 'v1');
  const { uuid } = db.need('VM', vm);
  await host.vm.start(call, { vm, start_paused: false, force: false });
  world.guests.delete(uuid);
  world.tell({ kind: 'gone', id: uuid, reason: 'shutdown' });
  await until(host, () => db.need('VM', vm).power_state === 'Halted');
  await host.vm.start(call, { vm, start_paused: false, force: false });
  world.guests.delete(uuid);
  world.tell({ kind: 'gone', id: uuid, reason: 'died' });
  await until(host, () => world.guests.has(uuid) && db.need('VM', vm).power_state === 'Running');
  expect(messagesOf(db).map(([, message]) => message.name)).toEqual(['VM_CRASHED']);
});

test('a restart halts VMs whose guests died meanwhile and keeps the others', async () => {
  const first = await start();
  const dead = await install(first, 'dead');
  const alive = await install(first, 'alive');
  for (const vm of [dead, alive]) await first.vm.start(first.call, { vm, start_paused: false, force: false });
  await first.stop();
  first.world.guests.delete(first.db.need('VM', dead).uuid);
  const second = await start({ store: first.store, world: first.world });
  expect(second.db.need('VM', dead).power_state).toBe('Halted');
  expect(second.db.need('VM', alive).power_state).toBe('Running');
});

/** Waits for changes of the database until one makes it so. */
const until = (host: OpsHost, so: () => boolean): Promise<void> =>
  new Promise(resolve => {
    if (so()) return resolve();
    const stop = host.db.subscribe(() => {
      if (!so()) return;
      stop();
      resolve();
    });
  });
