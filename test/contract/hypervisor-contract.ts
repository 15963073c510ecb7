// What every hypervisor driver must do, told once and run against each: the simulator always, QEMU in the lab.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  DriverError,
  type DriverErrorKind,
  type GuestEvent,
  type GuestSpec,
  type HypervisorDriver,
  type NicSpec,
} from '../../src/drivers/hypervisor.ts';
import type { VolumeSource } from '../../src/drivers/storage.ts';

/** Two hosts that share nothing but this machine, and what stands in for a storage driver. */
export interface HypervisorWorld extends AsyncDisposable {
  readonly here: HypervisorDriver;
  readonly there: HypervisorDriver;
  /** Ends the driver of `here` without its goodbye and makes another on the same state. */
  reopenHere(): Promise<HypervisorDriver>;
  /** An empty volume, or an empty overlay of `below`. */
  volume(below?: VolumeSource): Promise<VolumeSource>;
  /** What can be put into a CD drive; default: a volume. */
  medium?(): Promise<VolumeSource>;
  /** A volume with the same content as the frozen one. */
  copy(frozen: VolumeSource): Promise<VolumeSource>;
  /** What a guest boots. */
  readonly boot: GuestSpec['boot'];
  /** What else its guests are. */
  readonly guest?: Partial<GuestSpec>;
  /** How network cards are connected; default: the hypervisor's own user-mode stack. */
  readonly attachment?: NicSpec['attachment'];
  /** Default: they do. On Xen a reboot is a new domain. */
  readonly rebootKeepsDomid?: boolean;
  /** Default: a paused guest moves too. On Xen a guest must help to be stopped for its last pages. */
  readonly movesPaused?: boolean;
  /** How long a guest may take for what it is asked; default: a minute. */
  readonly patienceMs?: number;
  /** What a guest's socket says first; absent where a guest has no sockets. */
  greeting?(socketPath: string): Promise<string>;
  /** Resolves when the guest runs its own programs and answers its host. */
  booted(driver: HypervisorDriver, id: string): Promise<void>;
}

const MIB = 1 << 20;
const PATIENCE_MS = 60_000;

/** The next event of this guest that fits; what came before listening is not seen. */
const nextEvent = (driver: HypervisorDriver, id: string, fits: (event: GuestEvent) => boolean): Promise<GuestEvent> => {
  const { promise, resolve } = Promise.withResolvers<GuestEvent>();
  const stop = driver.onEvent(event => {
    if (event.id !== id || !fits(event)) return;
    stop();
    resolve(event);
  });
  return promise;
};

const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'success',
    (error: unknown) => (error instanceof DriverError ? error.kind : error),
  );

export interface ContractOptions {
  /** A part of it: what is about guests that move to another host, or all but that, or what one booted guest shows. Default: all. */
  readonly only?: 'moving' | 'staying' | 'running';
}

export const hypervisorContract = (name: string, make: () => Promise<HypervisorWorld>, { only }: ContractOptions = {}): void => {
  const skipped = { describe: describe.skip };
  const ofMoving = only === undefined || only === 'moving' ? { describe } : skipped;
  const ofStaying = only === undefined || only === 'staying' ? { describe } : skipped;
  const ofRunning = only === 'moving' ? skipped : { describe };
  describe(`the hypervisor ${name}`, () => {
    let world: HypervisorWorld;
    const soon = (): AbortSignal => AbortSignal.timeout(world.patienceMs ?? PATIENCE_MS);
    const connected = (): NicSpec['attachment'] => world.attachment ?? { kind: 'user' };
    let here: HypervisorDriver;
    let there: HypervisorDriver;

    const open = async (): Promise<void> => {
      world = await make();
      ({ here, there } = world);
    };
    const close = async (): Promise<void> => {
      await world[Symbol.asyncDispose]();
    };
    const eachInItsWorld = (): void => {
      beforeEach(open);
      afterEach(close);
    };
    /** For tests that leave it as they found it: worlds are dear. */
    const allInOneWorld = (): void => {
      beforeAll(open);
      afterAll(close);
    };
    const reopenHere = async (): Promise<HypervisorDriver> => {
      here = await world.reopenHere();
      return here;
    };

    const makeSpec = async (more: Partial<GuestSpec> = {}): Promise<GuestSpec> => ({
      id: randomUUID(),
      name: 'a guest, with "odd" letters: åß',
      vcpusAtStartup: 1,
      vcpusMax: 2,
      memoryStaticMaxBytes: 128 * MIB,
      memoryTargetBytes: 128 * MIB,
      boot: world.boot,
      platform: {},
      disks: [
        { id: randomUUID(), userdevice: '0', kind: 'disk', readOnly: false, bootable: true, source: await world.volume() },
        { id: randomUUID(), userdevice: '3', kind: 'cd', readOnly: true, bootable: false },
      ],
      nics: [{ id: randomUUID(), device: '0', mac: '52:54:00:4b:00:01', mtu: 1500, attachment: connected() }],
      ...world.guest,
      ...more,
    });
    const start = async (more: Partial<GuestSpec> = {}): Promise<GuestSpec> => {
      const spec = await makeSpec(more);
      await here.start(spec, { paused: false, signal: soon() });
      return spec;
    };
    const startBooted = async (): Promise<GuestSpec> => {
      const spec = await start();
      await world.booted(here, spec.id);
      return spec;
    };
    const stateOf = async (driver: HypervisorDriver, id: string): Promise<string> => (await driver.status(id))?.state ?? 'gone';
    const diskOf = (spec: GuestSpec) => {
      const disk = spec.disks[0];
      if (disk?.source === undefined) throw new Error('the guest has a disk');
      return { id: disk.id, source: disk.source };
    };

    ofStaying.describe('without a guest', () => {
      allInOneWorld();

      test('has a control domain where a hypervisor lies below it, and tells what that has', async () => {
        const { kind, controlDomain } = here;
        if (controlDomain === undefined) return expect(kind).toBe('qemu');
        const [info, state] = [await here.probe(), await controlDomain.state()];
        expect(state.cpus).toBe(info.cpu.count);
        expect(state.vcpus).toBeGreaterThan(0);
        expect(state.vcpus).toBeLessThanOrEqual(state.vcpusMax);
        expect(state.memoryBytes).toBeGreaterThan(0);
        expect(state.memoryBytes).toBeLessThanOrEqual(state.machineMemoryBytes);
        return expect(await controlDomain.bootSettings()).toEqual({});
      });

      test('says what it is', async () => {
        const info = await here.probe();
        expect(info.kind).toBe(here.kind);
        expect(info.cpu.count).toBeGreaterThan(0);
        expect(info.memoryTotalBytes).toBeGreaterThan(info.memoryFreeBytes);
      });

      const id = randomUUID();
      const volume: VolumeSource = { format: 'qcow2', path: '/nowhere', sizeBytes: MIB, chain: [] };
      const onNobody: readonly (readonly [string, (driver: HypervisorDriver) => Promise<unknown>])[] = [
        ['pause', driver => driver.pause(id)],
        ['unpause', driver => driver.unpause(id)],
        ['shutdown', driver => driver.shutdown(id, { signal: soon() })],
        ['reboot', driver => driver.reboot(id, { signal: soon() })],
        ['reset', driver => driver.reset(id)],
        ['suspend', driver => driver.suspend(id, volume, { signal: soon() })],
        [
          'plugDisk',
          driver => driver.plugDisk(id, { id: 'd', userdevice: '1', kind: 'disk', readOnly: false, bootable: false, source: volume }),
        ],
        ['setVcpus', driver => driver.setVcpus(id, 1)],
        ['setMemoryTarget', driver => driver.setMemoryTarget(id, MIB)],
        ['consoles', driver => driver.consoles(id)],
        ['stats', driver => driver.stats(id)],
        ['freeze', driver => driver.freeze(id, [{ diskId: 'd', overlay: volume }])],
        ['thaw', driver => driver.thaw(id, 'd', volume, { signal: soon() })],
        ['moveDisk', driver => driver.moveDisk(id, 'd', volume, { signal: soon() })],
        ['migration.cancel', driver => driver.migration.cancel(id, { resume: true })],
        ['migration.activate', driver => driver.migration.activate(id, { paused: false })],
      ];
      test.each(onNobody)('%s of a guest that is not there: not-found', async (_name, call) => {
        expect(await failure(call(here))).toBe('not-found');
      });
    });

    ofStaying.describe('starting and ending', () => {
      eachInItsWorld();

      test('a guest starts, is listed, and is gone when it is destroyed', async () => {
        const spec = await start();
        const status = await here.status(spec.id);
        expect(status).toMatchObject({ id: spec.id, state: 'running', vcpus: 1 });
        expect((await here.list()).map(guest => guest.id)).toEqual([spec.id]);
        const gone = nextEvent(here, spec.id, event => event.kind === 'gone');
        await here.destroy(spec.id);
        expect(await gone).toEqual({ kind: 'gone', id: spec.id, reason: 'destroyed' });
        expect(await here.list()).toEqual([]);
        expect(await here.status(spec.id)).toBeUndefined();
        await here.destroy(spec.id);
      });

      test('two starts at once give one guest', async () => {
        const spec = await makeSpec();
        const results = await Promise.all([1, 2].map(() => failure(here.start(spec, { paused: false, signal: soon() }))));
        expect(new Set(results)).toEqual(new Set(['exists', 'success']));
        expect(await here.list()).toHaveLength(1);
      });

      test('a start that fails leaves nothing, and the next one succeeds', async () => {
        const spec = await makeSpec();
        expect(await failure(here.start({ ...spec, vcpusAtStartup: 0 }, { paused: false, signal: soon() }))).toBe('bad-config');
        expect(await here.list()).toEqual([]);
        await here.start(spec, { paused: false, signal: soon() });
      });

      test('a start that is aborted leaves nothing', async () => {
        const spec = await makeSpec();
        const reason = new Error('changed my mind');
        expect(await failure(here.start(spec, { paused: false, signal: AbortSignal.abort(reason) }))).toBe(reason);
        expect(await here.list()).toEqual([]);
      });

      test('started paused it waits, unpaused it runs', async () => {
        const spec = await makeSpec();
        expect((await here.start(spec, { paused: true, signal: soon() })).state).toBe('paused');
        await here.unpause(spec.id);
        expect(await stateOf(here, spec.id)).toBe('running');
      });

      test('a guest that has only begun to boot is asked until it hears', async () => {
        const down = await start();
        await here.shutdown(down.id, { signal: soon() });
        expect(await here.status(down.id)).toBeUndefined();
        const again = await start();
        await here.reboot(again.id, { signal: soon() });
        expect(await stateOf(here, again.id)).toBe('running');
      });

      test('reboot keeps the guest', async () => {
        const spec = await startBooted();
        const before = await here.status(spec.id);
        const rebooted = nextEvent(here, spec.id, event => event.kind === 'rebooted');
        await here.reboot(spec.id, { signal: soon() });
        await rebooted;
        expect(await here.status(spec.id)).toMatchObject({
          state: 'running',
          ...(world.rebootKeepsDomid !== false && { domid: before?.domid }),
        });
        await world.booted(here, spec.id);
        await here.shutdown(spec.id, { signal: soon() });
      });

      test('reset does not ask', async () => {
        const spec = await start();
        const rebooted = nextEvent(here, spec.id, event => event.kind === 'rebooted');
        await here.reset(spec.id);
        await rebooted;
        expect(await stateOf(here, spec.id)).toBe('running');
      });
    });

    ofRunning.describe('a guest that runs', () => {
      allInOneWorld();
      let spec: GuestSpec;
      /** Its disk, and the volume that it writes to. */
      let disk: { readonly id: string; readonly source: VolumeSource };
      beforeAll(async () => {
        spec = await startBooted();
        disk = diskOf(spec);
      });
      // Each leaves it as it found it, but for the last one.
      beforeEach(async () => {
        expect(await stateOf(here, spec.id)).toBe('running');
      });

      test('its screen answers', async () => {
        const screen = (await here.consoles(spec.id)).find(({ protocol }) => protocol === 'rfb');
        if (world.greeting === undefined) return;
        expect(await world.greeting(screen?.socketPath ?? '')).toMatch(/^RFB 003\.00\d\n/);
      });

      test('the agent in the guest is heard', async () => {
        const metrics = await here.guestMetrics(spec.id);
        expect(metrics?.agentVersion).not.toBe('');
        expect(metrics?.osVersion['name']).toMatch(/guest|Linux/);
      });

      test('a second start of the same guest is refused and the first lives on', async () => {
        expect(await failure(here.start(spec, { paused: false, signal: soon() }))).toBe('exists');
        expect(await stateOf(here, spec.id)).toBe('running');
      });

      const endpoints = { socketPath: '/nowhere', memory: { host: '127.0.0.1', port: 9 }, nbd: { host: '127.0.0.1', port: 9 }, disks: {} };
      const badChanges: readonly (readonly [string, DriverErrorKind, (driver: HypervisorDriver) => Promise<unknown>])[] = [
        ['more vCPUs than the most', 'bad-config', driver => driver.setVcpus(spec.id, 3)],
        ['no vCPU', 'bad-config', driver => driver.setVcpus(spec.id, 0)],
        ['more memory than the most', 'bad-config', driver => driver.setMemoryTarget(spec.id, 129 * MIB)],
        ['an unknown disk', 'not-found', driver => driver.resizeDisk(spec.id, 'nobody', MIB)],
        ['a medium into a disk', 'unsupported', driver => driver.changeMedium(spec.id, disk.id)],
        [
          'a guest that has not arrived',
          'bad-state',
          driver => driver.migration.handOver(spec.id, { driver: driver.kind, ...endpoints }, { signal: soon() }),
        ],
      ];
      test.each(badChanges)('%s: %s', async (_name, kind, call) => {
        expect(await failure(call(here))).toBe(kind);
      });

      test('pause and unpause change the state and tell', async () => {
        const paused = nextEvent(here, spec.id, event => event.kind === 'state' && event.state === 'paused');
        await here.pause(spec.id);
        await paused;
        expect(await stateOf(here, spec.id)).toBe('paused');
        await here.pause(spec.id);
        const running = nextEvent(here, spec.id, event => event.kind === 'state' && event.state === 'running');
        await here.unpause(spec.id);
        await running;
        await here.unpause(spec.id);
        expect(await stateOf(here, spec.id)).toBe('running');
      });

      test('paused it cannot be asked to shut down or to reboot', async () => {
        await here.pause(spec.id);
        expect(await failure(here.shutdown(spec.id, { signal: soon() }))).toBe('bad-state');
        expect(await failure(here.reboot(spec.id, { signal: soon() }))).toBe('bad-state');
        expect(await stateOf(here, spec.id)).toBe('paused');
        await here.unpause(spec.id);
      });

      test('a suspension that is aborted leaves it running', async () => {
        const image = await world.volume();
        const abort = AbortSignal.abort(new Error('not now'));
        await expect(here.suspend(spec.id, image, { signal: abort })).rejects.toThrow('not now');
      });

      test('freeze and thaw, each told twice', async () => {
        const overlay = await world.volume(disk.source);
        for (let i = 0; i < 2; i++) await here.freeze(spec.id, [{ diskId: disk.id, overlay }]);
        expect(await here.activeLayer(spec.id, disk.id)).toBe(overlay.path);
        for (let i = 0; i < 2; i++) await here.thaw(spec.id, disk.id, disk.source, { signal: soon() });
        expect(await here.activeLayer(spec.id, disk.id)).toBe(disk.source.path);
      });

      test('freezing several disks is all or none', async () => {
        const overlay = await world.volume(disk.source);
        const requests = [
          { diskId: disk.id, overlay },
          { diskId: 'nobody', overlay },
        ];
        expect(await failure(here.freeze(spec.id, requests))).toBe('not-found');
        expect(await here.activeLayer(spec.id, disk.id)).toBe(disk.source.path);
        await here.freeze(spec.id, [{ diskId: disk.id, overlay }]);
        await here.thaw(spec.id, disk.id, disk.source, { signal: soon() });
      });

      test('a freeze is found by the file in use after a restart of the driver, and can be undone', async () => {
        const overlay = await world.volume(disk.source);
        await here.freeze(spec.id, [{ diskId: disk.id, overlay }]);
        const again = await reopenHere();
        expect(await again.activeLayer(spec.id, disk.id)).toBe(overlay.path);
        await again.thaw(spec.id, disk.id, disk.source, { signal: soon() });
        expect(await again.activeLayer(spec.id, disk.id)).toBe(disk.source.path);
      });

      test('a disk moves to another volume', async () => {
        const target = await world.volume();
        await here.moveDisk(spec.id, disk.id, target, { signal: soon() });
        expect(await here.activeLayer(spec.id, disk.id)).toBe(target.path);
        await here.moveDisk(spec.id, disk.id, target, { signal: soon() });
        disk = { id: disk.id, source: target };
      });

      test('a move that is aborted leaves the old volume, and the next one succeeds', async () => {
        const target = await world.volume();
        await expect(here.moveDisk(spec.id, disk.id, target, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
        expect(await here.activeLayer(spec.id, disk.id)).toBe(disk.source.path);
        await here.moveDisk(spec.id, disk.id, target, { signal: soon() });
        disk = { id: disk.id, source: target };
      });

      test('a disk comes, grows and goes', async () => {
        const more = {
          id: randomUUID(),
          userdevice: '1',
          kind: 'disk',
          readOnly: false,
          bootable: false,
          source: await world.volume(),
        } as const;
        await here.plugDisk(spec.id, more);
        expect(await failure(here.plugDisk(spec.id, more))).toBe('exists');
        await here.resizeDisk(spec.id, more.id, 96 * MIB);
        const again = await reopenHere();
        expect(await again.activeLayer(spec.id, more.id)).toBe(more.source.path);
        await again.unplugDisk(spec.id, more.id, { signal: soon() });
        await again.unplugDisk(spec.id, more.id, { signal: soon() });
        await again.plugDisk(spec.id, more);
        await again.unplugDisk(spec.id, more.id, { signal: soon() });
      });

      test('a medium goes in and out', async () => {
        const cd = spec.disks[1]?.id ?? '';
        const medium = await (world.medium?.() ?? world.volume());
        await here.changeMedium(spec.id, cd, medium);
        await here.changeMedium(spec.id, cd, medium);
        expect(await here.activeLayer(spec.id, cd)).toBe(medium.path);
        await here.changeMedium(spec.id, cd);
        expect(await here.activeLayer(spec.id, cd)).toBeUndefined();
      });

      test('a network card comes and goes', async () => {
        const nic = { id: randomUUID(), device: '1', mac: '52:54:00:4b:00:02', mtu: 1500, attachment: connected() };
        await here.plugNic(spec.id, nic);
        expect(await failure(here.plugNic(spec.id, nic))).toBe('exists');
        await here.unplugNic(spec.id, nic.id, { signal: soon() });
        await here.unplugNic(spec.id, nic.id, { signal: soon() });
      });

      test('suspended it is gone, and comes back', async () => {
        const image = await world.volume();
        await here.suspend(spec.id, image, { signal: soon() });
        expect(await here.list()).toEqual([]);
        const disks = spec.disks.map(each => (each.id === disk.id ? { ...each, source: disk.source } : each));
        spec = { ...spec, disks };
        expect((await here.resume(spec, image, { paused: false, signal: soon() })).state).toBe('running');
      });

      test('processors and memory follow their set-points', async () => {
        await here.setVcpus(spec.id, 2);
        expect(await here.status(spec.id)).toMatchObject({ vcpus: 2 });
        await here.setMemoryTarget(spec.id, 120 * MIB);
        expect((await here.stats(spec.id)).vcpuSeconds).toHaveLength(2);
        // Where the driver shares CPUs out at all.
        await here.setScheduling?.(spec.id, { weight: 512, capPercent: 150, cpus: [[0]] });
        await here.setScheduling?.(spec.id, {});
      });

      test('shutdown waits until the guest is gone and says that it went by itself', async () => {
        const gone = nextEvent(here, spec.id, event => event.kind === 'gone');
        await here.shutdown(spec.id, { signal: soon() });
        expect(await here.list()).toEqual([]);
        expect(await gone).toMatchObject({ reason: 'shutdown' });
      });
    });

    ofStaying.describe('after a restart of the driver', () => {
      eachInItsWorld();

      test('all guests are found as they are, and obey', async () => {
        const running = await startBooted();
        const paused = await makeSpec();
        await here.start(paused, { paused: true, signal: soon() });
        const before = await here.list();
        const again = await reopenHere();
        const byId = (list: typeof before) => list.toSorted((a, b) => a.id.localeCompare(b.id));
        expect(byId(await again.list())).toEqual(byId(before));
        await again.unpause(paused.id);
        expect(await stateOf(again, paused.id)).toBe('running');
        await again.shutdown(running.id, { signal: soon() });
        expect((await again.list()).map(guest => guest.id)).toEqual([paused.id]);
      });
    });

    ofStaying.describe('memory in a file', () => {
      eachInItsWorld();

      test('a checkpoint freezes the disks and the guest runs on', async () => {
        const spec = await startBooted();
        const { id: diskId, source } = diskOf(spec);
        const overlay = await world.volume(source);
        const image = await world.volume();
        await here.checkpoint(spec.id, image, [{ diskId, overlay }], { signal: soon() });
        expect(await stateOf(here, spec.id)).toBe('running');
        expect(await here.activeLayer(spec.id, diskId)).toBe(overlay.path);
        await here.destroy(spec.id);
        const back = { ...spec, disks: spec.disks.map(disk => (disk.id === diskId ? { ...disk, source } : disk)) };
        await here.resume(back, image, { paused: false, signal: soon() });
        await here.shutdown(spec.id, { signal: soon() });
      });
    });

    /** A booted guest here, and a waiting one there with a disk of the same size. */
    const prepareMove = async () => {
      const spec = await startBooted();
      const { id: diskId } = diskOf(spec);
      const target = await world.volume();
      const arriving = { ...spec, disks: spec.disks.map(disk => (disk.id === diskId ? { ...disk, source: target } : disk)) };
      const receive = () => there.migration.receive(arriving, { address: '127.0.0.1', compression: false });
      return { spec, receive, ticket: await receive() };
    };

    ofMoving.describe('moving to another host', () => {
      eachInItsWorld();

      test('the guest runs there and nowhere else', async () => {
        const { spec, ticket } = await prepareMove();
        expect(await stateOf(there, spec.id)).toBe('incoming');
        const options = { compression: false, signal: soon() };
        await here.migration.sendDisks(spec.id, ticket, { ...options, sync: 'full' });
        expect(await stateOf(here, spec.id)).toBe('running');
        await here.migration.sendMemory(spec.id, ticket, options);
        expect(await stateOf(here, spec.id)).toBe('paused');
        const received = there.migration.received(spec.id, options);
        await here.migration.handOver(spec.id, ticket, options);
        await received;
        expect(await stateOf(here, spec.id)).toBe('migrated');
        expect(await stateOf(there, spec.id)).toBe('paused');
        for (let i = 0; i < 2; i++) await there.migration.activate(spec.id, { paused: false });
        expect(await stateOf(there, spec.id)).toBe('running');
        await here.destroy(spec.id);
        await there.shutdown(spec.id, options);
      });

      const points = ['sendDisks', 'sendMemory', 'handOver'] as const;
      type Point = (typeof points)[number];
      const goTo = async (point: Point, spec: GuestSpec, ticket: Awaited<ReturnType<typeof prepareMove>>['ticket']): Promise<void> => {
        const options = { compression: false, signal: soon() };
        await here.migration.sendDisks(spec.id, ticket, { ...options, sync: 'full' });
        if (point === 'sendDisks') return;
        await here.migration.sendMemory(spec.id, ticket, options);
        if (point === 'handOver') await here.migration.handOver(spec.id, ticket, options);
      };

      test.each(points)('cancelled after %s it runs on here, and the next move succeeds', async point => {
        const { spec, receive, ticket } = await prepareMove();
        await goTo(point, spec, ticket);
        for (let i = 0; i < 2; i++) await here.migration.cancel(spec.id, { resume: true });
        expect(await stateOf(here, spec.id)).toBe('running');
        await there.destroy(spec.id);
        const again = await receive();
        await goTo('handOver', spec, again);
        await there.migration.received(spec.id, { signal: soon() });
        await there.migration.activate(spec.id, { paused: false });
        await here.destroy(spec.id);
        await there.shutdown(spec.id, { signal: soon() });
      });

      test.each(['sendDisks', 'sendMemory'] as const)(
        'the destination is lost after %s: the next step says so, and it runs on here',
        async point => {
          const { spec, ticket } = await prepareMove();
          await goTo(point, spec, ticket);
          await there.destroy(spec.id);
          const options = { compression: false, signal: soon() };
          const next =
            point === 'sendDisks' ? here.migration.sendMemory(spec.id, ticket, options) : here.migration.handOver(spec.id, ticket, options);
          expect(await failure(next)).toBe('unreachable');
          await here.migration.cancel(spec.id, { resume: true });
          expect(await stateOf(here, spec.id)).toBe('running');
          await here.shutdown(spec.id, options);
        },
      );

      test('a fresh driver cancels what is under way', async () => {
        const { spec, ticket } = await prepareMove();
        await here.migration.sendDisks(spec.id, ticket, { sync: 'full', compression: false, signal: soon() });
        await here.migration.sendMemory(spec.id, ticket, { compression: false, signal: soon() });
        const again = await world.reopenHere();
        await again.migration.cancel(spec.id, { resume: true });
        expect(await stateOf(again, spec.id)).toBe('running');
      });

      test('a paused guest stays paused through a cancel', async () => {
        const { spec, ticket } = await prepareMove();
        await here.pause(spec.id);
        if (world.movesPaused === false) expect(await failure(goTo('sendMemory', spec, ticket))).toBe('bad-state');
        else await goTo('sendMemory', spec, ticket);
        await here.migration.cancel(spec.id, { resume: false });
        expect(await stateOf(here, spec.id)).toBe('paused');
      });

      test('a step that is aborted rejects with the reason, and it runs on here', async () => {
        const { spec, ticket } = await prepareMove();
        const signal = AbortSignal.abort(new Error('enough'));
        await expect(here.migration.sendDisks(spec.id, ticket, { sync: 'full', compression: false, signal })).rejects.toThrow('enough');
        await goTo('sendDisks', spec, ticket);
        await expect(here.migration.sendMemory(spec.id, ticket, { compression: false, signal })).rejects.toThrow('enough');
        expect(await stateOf(here, spec.id)).toBe('running');
      });

      test('a ticket of another kind is refused', async () => {
        const spec = await start();
        const options = { sync: 'full', compression: false, signal: soon() } as const;
        expect(await failure(here.migration.sendDisks(spec.id, { driver: 'other' }, options))).toBe('bad-config');
      });
    });
  });
};
