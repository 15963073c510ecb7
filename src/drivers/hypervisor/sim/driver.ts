// The simulated hypervisor: the same contract as a real one, for scale and for faults. Thousands of guests cost thousands of records.

import { cpus, freemem, totalmem } from 'node:os';
import { type Clock, systemClock } from '../../../lib/clock.ts';
import { createFaults, type FaultRule } from '../../faults.ts';
import {
  DriverError,
  type GuestFeatures,
  type GuestState,
  type GuestStatus,
  type HypervisorDriver,
  type HypervisorInfo,
} from '../../hypervisor.ts';
import { createSimControlDomain } from './control-domain.ts';
import { createSimDevices } from './devices.ts';
import { createSimMigration } from './migration.ts';
import { createTransfer } from './transfer.ts';
import { createWorld, type SimGuest } from './world.ts';

export interface SimOptions {
  /** Where guests are kept for the next process; absent: they end with this one. */
  readonly stateDir?: string;
  readonly clock?: Clock;
  readonly faults?: readonly FaultRule[];
  readonly random?: () => number;
  /** How long a guest takes to obey (boot, power off, let go of a device). */
  readonly obeyMs?: number;
  readonly bytesPerSecond?: number;
  /** Memory of the simulated machine, and what of it is never a guest's; absent: that of the real machine. */
  /** Absent: nobody levels them. */
  readonly guestFeatures?: GuestFeatures;
  readonly memory?: { readonly totalBytes: number; readonly reservedBytes: number };
}

export interface SimHypervisor extends HypervisorDriver {
  /** Makes calls fail or wait; the returned function takes the rule away. */
  readonly inject: (rule: FaultRule) => () => void;
  /** The guest does something by itself. */
  readonly guestEnds: (id: string, reason: 'shutdown' | 'crash' | 'died') => Promise<void>;
  readonly guestReboots: (id: string) => Promise<void>;
  readonly guestPanics: (id: string) => Promise<void>;
}

const DEFAULT_BYTES_PER_SECOND = 4 * 2 ** 30;

const statusOf = (guest: SimGuest): GuestStatus => ({
  id: guest.spec.id,
  state: guest.state,
  domid: guest.domid,
  startedAt: new Date(guest.startedAtMs),
  vcpus: guest.vcpus,
  memoryBytes: guest.memoryBytes,
});

export const createSimHypervisor = (options: SimOptions = {}): SimHypervisor => {
  const { clock = systemClock, random = Math.random, obeyMs = 0, bytesPerSecond = DEFAULT_BYTES_PER_SECOND } = options;
  const rules: FaultRule[] = [...(options.faults ?? [])];
  const fault = createFaults(rules, random);
  const world = createWorld(options.stateDir);
  const transfer = createTransfer({ clock, bytesPerSecond });
  const migration = createSimMigration({ world, fault, transfer, now: () => clock.now() });
  const { forget, close: closeMigration, ...contractMigration } = migration;

  const requireState = async (id: string, wanted: readonly GuestState[], action: string): Promise<SimGuest> => {
    const guest = await world.get(id);
    if (!wanted.includes(guest.state))
      throw new DriverError('bad-state', `${action}: the guest is ${guest.state}`, { details: { state: guest.state } });
    return guest;
  };

  const setState = async (id: string, state: GuestState): Promise<void> => {
    if ((await world.get(id)).state === state) return;
    await world.change(id, { state });
    world.tell({ kind: 'state', id, state });
  };

  const launch: HypervisorDriver['start'] = async (spec, { paused, signal }) => {
    signal.throwIfAborted();
    if (spec.vcpusAtStartup < 1 || spec.vcpusMax < spec.vcpusAtStartup)
      throw new DriverError('bad-config', 'a guest has at least one vCPU, and no more than its most');
    const state = paused ? 'paused' : 'running';
    const guest = await world.add({
      spec,
      state,
      startedAtMs: clock.now(),
      vcpus: spec.vcpusAtStartup,
      memoryBytes: spec.memoryTargetBytes,
    });
    if (!paused) world.tell({ kind: 'state', id: spec.id, state });
    return statusOf(guest);
  };

  const end = async (id: string, reason: 'shutdown' | 'crash' | 'died' | 'destroyed'): Promise<void> => {
    await forget(id);
    await world.remove(id, reason);
  };

  const memory = async (): Promise<Pick<HypervisorInfo, 'memoryTotalBytes' | 'memoryFreeBytes'>> => {
    if (options.memory === undefined) return { memoryTotalBytes: totalmem(), memoryFreeBytes: freemem() };
    const { totalBytes, reservedBytes } = options.memory;
    const used = (await world.all()).reduce((sum, guest) => sum + guest.memoryBytes, reservedBytes);
    return { memoryTotalBytes: totalBytes, memoryFreeBytes: Math.max(0, totalBytes - used) };
  };

  return {
    kind: 'sim',
    probe: async () => ({
      kind: 'sim',
      version: '1',
      accelerator: 'sim',
      cpu: {
        count: cpus().length,
        sockets: 1,
        vendor: 'simulated',
        model: 'Simulated processor',
        mhz: 2000,
        flags: ['fpu', 'sse2'],
        ...(options.guestFeatures !== undefined && { guestFeatures: options.guestFeatures }),
      },
      ...(await memory()),
    }),
    list: async () => (await world.all()).map(statusOf),
    async status(id) {
      const guest = await world.find(id);
      return guest && statusOf(guest);
    },
    async start(spec, startOptions) {
      await fault('start', spec.id, startOptions.signal);
      return launch(spec, startOptions);
    },
    async pause(id) {
      await fault('pause', id);
      await requireState(id, ['running', 'paused'], 'pause');
      await setState(id, 'paused');
    },
    async unpause(id) {
      await fault('unpause', id);
      await requireState(id, ['running', 'paused'], 'unpause');
      await setState(id, 'running');
    },
    async shutdown(id, { signal }) {
      await fault('shutdown', id, signal);
      await requireState(id, ['running'], 'shutdown');
      await clock.sleep(obeyMs, { signal });
      await end(id, 'shutdown');
    },
    async reboot(id, { signal }) {
      await fault('reboot', id, signal);
      await requireState(id, ['running'], 'reboot');
      await clock.sleep(obeyMs, { signal });
      world.tell({ kind: 'rebooted', id });
    },
    async reset(id) {
      await fault('reset', id);
      const guest = await requireState(id, ['running', 'paused', 'crashed'], 'reset');
      world.tell({ kind: 'rebooted', id });
      if (guest.state === 'crashed') await setState(id, 'running');
    },
    async destroy(id) {
      await fault('destroy', id);
      await end(id, 'destroyed');
    },
    async suspend(id, _image, { signal, onProgress }) {
      await fault('suspend', id, signal);
      await requireState(id, ['running', 'paused'], 'suspend');
      await transfer((await world.get(id)).memoryBytes, { signal, onProgress });
      await end(id, 'destroyed');
    },
    async resume(spec, _image, resumeOptions) {
      await fault('resume', spec.id, resumeOptions.signal);
      return launch(spec, resumeOptions);
    },
    ...createSimDevices({ world, fault, transfer, obey: signal => clock.sleep(obeyMs, { signal }) }),
    async consoles(id) {
      await world.get(id);
      return [];
    },
    async guestMetrics(id) {
      await fault('guestMetrics', id);
      const guest = await world.get(id);
      if (guest.state !== 'running') return undefined;
      return { osVersion: { name: 'Simulated guest', distro: 'sim' }, networks: {}, agentVersion: '1' };
    },
    async stats(id) {
      const guest = await world.get(id);
      const seconds = (clock.now() - guest.startedAtMs) / 1000;
      return { vcpuSeconds: Array.from({ length: guest.vcpus }, () => seconds), memoryBytes: guest.memoryBytes, disks: {}, nics: {} };
    },
    migration: contractMigration,
    controlDomain: createSimControlDomain({ fault, machineMemoryBytes: async () => (await memory()).memoryTotalBytes }),
    onEvent: listener => world.onEvent(listener),
    close: closeMigration,
    inject(rule) {
      rules.push(rule);
      return () => void rules.splice(rules.indexOf(rule), rules.includes(rule) ? 1 : 0);
    },
    guestEnds: (id, reason) => end(id, reason),
    async guestReboots(id) {
      await requireState(id, ['running'], 'reboot');
      world.tell({ kind: 'rebooted', id });
    },
    guestPanics: id => setState(id, 'crashed'),
  };
};
