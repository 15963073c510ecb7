// Tuning the control domain: its vCPUs and pins, the CPUs that are left to guests, its memory, the power of its host.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { Ref } from '../../../src/lib/brand.ts';
import type { CrashPoint } from '../../../src/engine/crash-point.ts';
import { DriverError } from '../../../src/drivers/hypervisor.ts';
import { adviceFor } from '../../../src/ops/control-domain/advice.ts';
import { listDomains } from '../../../src/ops/host/domain-plugin.ts';
import { worldXen, type WorldXen } from '../../support/ops/control-domain.ts';
import { World } from '../../support/ops/drivers.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const hosts: OpsHost[] = [];
const start = async (
  changes: Partial<WorldXen> = {},
  options: Parameters<typeof startOpsHost>[0] = {},
): Promise<OpsHost & { xen: WorldXen }> => {
  const world = options.world ?? new World();
  world.xen ??= worldXen(changes);
  const host = await startOpsHost({ ...options, world });
  hosts.push(host);
  return Object.assign(host, { xen: world.xen });
};
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

const plugin = async (host: OpsHost, fn: string, args: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(await host.host.call_plugin(host.call, { host: host.services.self.host, plugin: 'host-cpu-tune', fn, args }));

const set = (host: OpsHost, vcpus: number, pinning: string, more: Readonly<Record<string, string>> = {}) =>
  plugin(host, 'set', { vcpus: String(vcpus), pinning, ...more });

const mask = ({ db, services }: OpsHost): string | undefined => db.need('host', services.self.host).guest_VCPUs_params['mask'];
const zeroOf = ({ db, services }: OpsHost): Ref<'VM'> => db.need('host', services.self.host).control_domain;
const cpusOf = (host: OpsHost, vm: Ref<'VM'>): unknown => host.world.guests.get(host.db.need('VM', vm).uuid)?.spec.scheduling;
const running = async (host: OpsHost, name: string): Promise<Ref<'VM'>> => {
  const vm = await install(host, name);
  await host.vm.start(host.call, { vm, start_paused: false, force: false });
  return vm;
};
const setMask = (host: OpsHost, vm: Ref<'VM'>, value: string) =>
  Reflect.get(host.vm, 'set_VCPUs_params')(host.call, { self: vm, value: { mask: value } });

describe('domains', () => {
  const domains = async (host: OpsHost): Promise<unknown> =>
    JSON.parse(await host.host.call_plugin(host.call, { host: host.services.self.host, plugin: 'domains', fn: 'list', args: {} }));

  test('are shown with the VM that each is, and without one where somebody made it by hand', async () => {
    const host = await start();
    await running(host, 'web');
    expect(await domains(host)).toEqual([
      expect.objectContaining({ domid: 1, vm: 'web', memory_bytes: 1 << 27, cpu_seconds: 1.5 }),
      expect.objectContaining({ domid: 99, name: 'by hand', state: 'running', vm: null }),
    ]);
  });

  test('a guest whose record is not there yet was not made by hand', async () => {
    const host = await start();
    const arriving = {
      domid: 7,
      uuid: 'u',
      name: 'arriving.u',
      state: 'paused',
      vcpus: 1,
      memoryBytes: 1,
      cpuSeconds: 0,
      isGuest: true,
    } as const;
    const hypervisor = { ...host.services.hypervisor, listDomains: async () => [arriving] };
    const told = await listDomains({ ...host.call, services: { ...host.services, hypervisor } });
    expect(JSON.parse(told)).toEqual([expect.objectContaining({ domid: 7, vm: 'arriving.u' })]);
  });

  test('there are none where no Xen lies below', async () => {
    const host = await startOpsHost();
    hosts.push(host);
    expect(await errorOf(() => domains(host))).toMatchObject(['OPERATION_NOT_ALLOWED', expect.stringContaining('no domains')]);
  });
});

describe('vCPUs', () => {
  test('shown as they are', async () => {
    const host = await start({ vcpus: 2, vcpusMax: 4 });
    expect(await plugin(host, 'show')).toEqual({
      cpus: 8,
      vcpus: 2,
      vcpus_max: 4,
      pinned: false,
      exclusive: false,
      guest_mask: null,
      next_boot: null,
      notes: [],
    });
  });

  test.each([
    [1, 1, 'nopin'],
    [3, 3, 'nopin'],
    [4, 4, 'nopin'],
    [23, 4, 'nopin'],
    [24, 6, 'nopin'],
    [32, 8, 'nopin'],
    [47, 8, 'nopin'],
    [48, 8, 'xpin'],
    [256, 8, 'xpin'],
  ])('of %i CPUs, %i and %s are advised', async (cpus, vcpus, pinning) => {
    expect(adviceFor(cpus)).toEqual({ vcpus, pinning });
    expect(await plugin(await start({ cpus }), 'advise')).toEqual({ cpus, vcpus, pinning });
  });

  test('set: live, for the next boot, in the records; and reset, which leaves the rest of the boot alone', async () => {
    const host = await start({ boot: { memoryBytes: GIB } });
    expect(await set(host, 3, 'xpin')).toMatchObject({
      vcpus: 3,
      pinned: true,
      exclusive: true,
      guest_mask: '3,4,5,6,7',
      next_boot: { vcpus: 3, pinned: true },
      notes: [],
    });
    expect(host.xen).toMatchObject({ vcpus: 3, pinning: 'own', boot: { vcpus: 3, isPinned: true, memoryBytes: GIB } });
    expect(mask(host)).toBe('3,4,5,6,7');
    const zero = host.db.need('VM', zeroOf(host));
    expect([zero.VCPUs_at_startup, host.db.need('VM_metrics', zero.metrics).VCPUs_number]).toEqual([3, 3]);

    expect(await plugin(host, 'reset')).toMatchObject({ vcpus: 8, pinned: false, guest_mask: null, next_boot: null });
    expect(host.xen).toMatchObject({ vcpus: 8, pinning: 'none', boot: { memoryBytes: GIB } });
    expect(mask(host)).toBeUndefined();
  });

  test('more than it was booted with come with the next boot, and that is said', async () => {
    const host = await start({ vcpus: 2, vcpusMax: 2 });
    expect(await set(host, 4, 'nopin')).toMatchObject({
      vcpus: 2,
      next_boot: { vcpus: 4, pinned: false },
      notes: ['the control domain was booted with 2 vCPUs: it has 4 from the next boot on'],
    });
  });

  test.each([
    [0, 'nopin', 'this host has 8 CPUs: give a number from 1 to 8'],
    [9, 'nopin', 'this host has 8 CPUs: give a number from 1 to 8'],
    [8, 'xpin', 'none be left for guests'],
  ])('%i %s is refused, and nothing changed', async (vcpus, pinning, words) => {
    const host = await start();
    expect(await errorOf(() => set(host, vcpus, pinning))).toEqual([
      'INVALID_VALUE',
      'vcpus',
      String(vcpus),
      expect.stringContaining(words),
    ]);
    expect(host.xen).toEqual(worldXen());
  });

  test.each([
    [{ vcpus: 'many', pinning: 'xpin' }, 'vcpus'],
    [{ vcpus: '2', pinning: 'both' }, 'pinning'],
    [{ pinning: 'xpin' }, 'vcpus'],
  ])('%j is no tuning', async (args, name) => {
    const host = await start();
    expect((await errorOf(() => plugin(host, 'set', args))).slice(0, 2)).toEqual(['INVALID_VALUE', name]);
  });

  test('where guests run on QEMU there is nothing to tune', async () => {
    const host = await startOpsHost();
    hosts.push(host);
    for (const fn of ['show', 'advise', 'reset'])
      expect(await errorOf(() => plugin(host, fn))).toEqual(['OPERATION_NOT_ALLOWED', expect.stringContaining('no Xen below it')]);
  });
});

describe('guests beside exclusive CPUs', () => {
  test('one that runs is moved only by force, and then at once', async () => {
    const host = await start();
    const vm = await running(host, 'web');
    const refused = await errorOf(() => set(host, 2, 'xpin'));
    expect(refused).toEqual([
      'OPERATION_NOT_ALLOWED',
      expect.stringMatching(/^web \(.*\) is running and would be moved off CPUs 0-1 at once\. Give --force/),
    ]);
    expect([mask(host), host.xen.boot, cpusOf(host, vm)]).toEqual([undefined, {}, undefined]);

    await set(host, 2, 'xpin', { force: 'true' });
    expect(cpusOf(host, vm)).toEqual({ cpus: [[2, 3, 4, 5, 6, 7]] });
    await plugin(host, 'reset');
    expect(cpusOf(host, vm)).toEqual({});
  });

  test('a guest that starts later keeps off them', async () => {
    const host = await start();
    await set(host, 6, 'xpin');
    expect(cpusOf(host, await running(host, 'web'))).toEqual({ cpus: [[6, 7]] });
  });

  test('a mask of its own gives way as far as it can', async () => {
    const host = await start();
    const [some, all] = [await running(host, 'some'), await install(host, 'all')];
    await setMask(host, some, '1,2,5; 6');
    await setMask(host, all, '0-1');
    const refused = await errorOf(() => set(host, 2, 'xpin'));
    expect(refused[1]).toMatch(
      /some \(.*\) is pinned to CPUs 1 by its VCPUs-params:mask: it would get the rest; all \(.*\) is pinned to CPUs 0,1 .*: it would not start here any more\. Give/,
    );
    await set(host, 2, 'xpin', { force: 'true' });
    expect(cpusOf(host, some)).toEqual({ cpus: [[2, 5], [6]] });
    expect(await errorOf(() => host.vm.start(host.call, { vm: all, start_paused: false, force: false }))).toEqual([
      'INVALID_VALUE',
      'VCPUs_params:mask',
      '0-1',
      expect.stringContaining('2,3,4,5,6,7'),
    ]);
  });

  test('one that runs and could run nowhere else stays, and that is said', async () => {
    const host = await start();
    const vm = await running(host, 'stubborn');
    await setMask(host, vm, '0');
    const { notes } = await set(host, 2, 'xpin', { force: 'true' });
    expect(notes).toEqual([expect.stringMatching(/^stubborn \(.*\) stays on the CPUs that it has: /)]);
    expect(cpusOf(host, vm)).toEqual({ cpus: [[0]] });
  });

  test('a dry run tells whom it would touch, and touches nobody', async () => {
    const host = await start();
    await running(host, 'web');
    expect(await set(host, 2, 'xpin', { dry_run: 'true' })).toEqual({
      vcpus: 2,
      pinning: 'xpin',
      guest_mask: '2,3,4,5,6,7',
      disturbs: [expect.stringContaining('web')],
    });
    expect([host.xen, mask(host)]).toEqual([worldXen(), undefined]);
    expect(host.world.calls).not.toContain('setScheduling');
  });
});

describe('what goes wrong', () => {
  test('a boot that cannot be written down leaves all as it was', async () => {
    const host = await start();
    host.world.fail('keepForBoot');
    await expect(set(host, 2, 'xpin')).rejects.toThrow();
    expect([host.xen, mask(host)]).toEqual([worldXen(), undefined]);
  });

  test('a loader whose program is broken is said so, and waited for by nobody', async () => {
    const host = await start();
    host.world.fail('keepForBoot', new DriverError('failed', 'update-grub could not make it'), Number.POSITIVE_INFINITY);
    expect(await errorOf(() => set(host, 2, 'xpin'))).toEqual(['INTERNAL_ERROR', expect.stringContaining('update-grub could not make it')]);
    expect([host.xen, mask(host)]).toEqual([worldXen(), undefined]);
  });

  test("somebody else's file in its place is named, and in nobody's way of looking", async () => {
    const host = await start();
    const taken = new DriverError('in-use', 'zz-xcp.cfg was written by somebody else');
    host.world.fail('bootSettings', taken);
    expect(await plugin(host, 'show')).toMatchObject({ vcpus: 8, next_boot: null, notes: [taken.message] });
    for (const work of [() => set(host, 2, 'xpin'), () => host.vm.set_memory(host.call, { self: zeroOf(host), value: GIB * 3 })]) {
      host.world.fail('bootSettings', taken);
      expect(await errorOf(work)).toEqual(['OPERATION_NOT_ALLOWED', taken.message]);
    }
    expect([host.xen, mask(host)]).toEqual([worldXen(), undefined]);
  });

  test('another loader: live all the same, with what to do', async () => {
    const host = await start();
    host.world.fail('keepForBoot', new DriverError('unsupported', 'no GRUB: give Xen dom0_max_vcpus=1-2 there'));
    expect(await set(host, 2, 'nopin')).toMatchObject({
      vcpus: 2,
      next_boot: null,
      notes: ['the next boot is not changed: no GRUB: give Xen dom0_max_vcpus=1-2 there'],
    });
  });

  test('what cannot be had live comes with the boot', async () => {
    const host = await start();
    host.world.fail('zero.pin', new DriverError('failed', 'busy'));
    expect(await set(host, 2, 'xpin')).toMatchObject({
      vcpus: 2,
      pinned: false,
      next_boot: { vcpus: 2, pinned: true },
      notes: ['the pinning changes at the next boot: busy'],
    });
  });

  test.each(['boot', 'commit', 'live'])('killed around step %s, the next process leaves one state or the other', async id => {
    for (const at of ['before-do', 'after-do'] as const) {
      const world = new World();
      const life = { dead: false };
      const dying = Promise.withResolvers<void>();
      const crashPoint: CrashPoint = ({ planKind, stepId, phase }) => {
        if (planKind !== 'host.cpu_tune' || stepId !== id || phase !== at) return;
        life.dead = true;
        dying.resolve();
      };
      world.xen = worldXen();
      const first = await startOpsHost({ world, life, crashPoint });
      await running(first, 'web');
      void set(first, 2, 'xpin', { force: 'true' }).catch(() => undefined);
      await dying.promise;
      // Its timers end with it; what it waits for never comes.
      void first.stop();
      const second = await start({}, { world, store: first.store });
      const until = AbortSignal.timeout(5_000);
      while (second.services.engine.holder(zeroOf(second)) !== undefined) {
        until.throwIfAborted();
        await new Promise(resolve => void setImmediate(resolve));
      }
      const whole = { boot: second.xen.boot, vcpus: second.xen.vcpus, pinning: second.xen.pinning, mask: mask(second) };
      const done = { boot: { vcpus: 2, isPinned: true }, vcpus: 2, pinning: 'own', mask: '2,3,4,5,6,7' };
      const undone = { boot: {}, vcpus: 8, pinning: 'none', mask: undefined };
      expect([done, undone]).toContainEqual(whole);
      if (id === 'live') expect(whole).toEqual(done);
    }
  });
});

describe('memory', () => {
  const give = (host: OpsHost, bytes: number) => host.vm.set_memory(host.call, { self: zeroOf(host), value: bytes });
  const limits = ({ db }: OpsHost, vm: Ref<'VM'>) => {
    const {
      memory_static_min: a,
      memory_dynamic_min: b,
      memory_dynamic_max: c,
      memory_static_max: d,
      memory_target: e,
    } = db.need('VM', vm);
    return [a, b, c, d, e];
  };

  test('live and for the next boot, all limits one size', async () => {
    const host = await start({ boot: { vcpus: 2, isPinned: true } });
    await give(host, 3 * GIB + 5);
    expect(host.xen).toMatchObject({ memoryBytes: 3 * GIB, boot: { vcpus: 2, isPinned: true, memoryBytes: 3 * GIB } });
    expect(limits(host, zeroOf(host))).toEqual(Array.from({ length: 5 }, () => 3 * GIB));
  });

  test('more than it was booted for comes with the boot', async () => {
    const host = await start();
    await give(host, 6 * GIB);
    expect(host.xen).toMatchObject({ memoryBytes: 2 * GIB, boot: { memoryBytes: 6 * GIB } });
    expect(limits(host, zeroOf(host))).toEqual([6, 6, 6, 6, 2].map(gib => gib * GIB));
  });

  test.each([
    [100 * MIB, {}, 'INVALID_VALUE'],
    [65 * GIB, {}, 'INVALID_VALUE'],
    [GIB, {}, 'OPERATION_NOT_ALLOWED'],
    [GIB + 127 * MIB, {}, 'OPERATION_NOT_ALLOWED'],
    [63 * GIB, { memoryBytes: GIB, memoryMaxBytes: 64 * GIB }, undefined],
    [64 * GIB, { memoryBytes: 0, memoryMaxBytes: 64 * GIB }, undefined],
  ])('%i bytes: %j %s', async (bytes, changes, code) => {
    const host = await start(changes);
    const before = { ...host.xen };
    if (code === undefined) return give(host, bytes);
    expect((await errorOf(() => give(host, bytes)))[0]).toBe(code);
    expect(host.xen).toEqual(before);
  });

  test('not the memory that guests have', async () => {
    const host = await start({ memoryBytes: MIB, memoryMaxBytes: 64 * GIB });
    const vm = await running(host, 'web');
    const has = host.db.need('VM', vm).memory_target;
    expect(await errorOf(() => give(host, 64 * GIB))).toEqual([
      'HOST_NOT_ENOUGH_FREE_MEMORY',
      String(64 * GIB - MIB),
      String(64 * GIB - has),
    ]);
  });

  test('its limits do not move apart, and on QEMU not at all', async () => {
    const host = await start();
    const self = zeroOf(host);
    const pinned = ['MEMORY_CONSTRAINT_VIOLATION_MAXPIN', 'control domain'];
    expect(await errorOf(() => host.vm.set_memory_dynamic_range(host.call, { self, min: GIB, max: GIB }))).toEqual(pinned);
    const other = await startOpsHost();
    hosts.push(other);
    expect(await errorOf(() => give(other, GIB))).toEqual(pinned);
  });
});

describe('power', () => {
  const restart = (host: OpsHost) => host.host.reboot(host.call, { host: host.services.self.host });
  const disable = (host: OpsHost) => host.host.disable(host.call, { host: host.services.self.host, auto_enable: true });

  test('of a disabled host without guests alone', async () => {
    const host = await start();
    expect(await errorOf(() => restart(host))).toEqual(['HOST_NOT_DISABLED']);
    const vm = await running(host, 'web');
    await disable(host);
    expect(await errorOf(() => restart(host))).toEqual(['HOST_IN_USE', host.services.self.host, 'VM', vm]);
    await host.vm.hard_shutdown(host.call, { vm });
    expect(host.xen.power).toBe('on');
    await restart(host);
    expect(host.xen.power).toBe('restarting');
    await host.host.shutdown(host.call, { host: host.services.self.host });
    expect(host.xen.power).toBe('off');
  });

  test.each([
    [true, 'another', true],
    [true, undefined, false],
    [false, 'another', false],
  ])('disabled with auto-enable %p, its boot being %s: enabled %p', async (autoEnable, bootId, enabled) => {
    const first = await start();
    const { host } = first.services.self;
    await first.host.disable(first.call, { host, auto_enable: autoEnable });
    if (bootId !== undefined) {
      await first.db.transaction(tx =>
        tx.update('host', host, { other_config: { ...tx.need('host', host).other_config, 'xcp-boot-id': bootId } }),
      );
    }
    const second = await start({}, { world: first.world, store: first.store });
    expect(second.db.need('host', host).enabled).toBe(enabled);
  });

  test('where the machine is somebody else’s, that is said', async () => {
    const host = await startOpsHost();
    hosts.push(host);
    await disable(host);
    expect(await errorOf(() => restart(host))).toEqual(['OPERATION_NOT_ALLOWED', expect.stringContaining('its own operating system')]);
  });
});
