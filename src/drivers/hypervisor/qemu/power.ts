// Starting, stopping and asking after guests.

import type { GuestSpec, GuestStatus } from '../../hypervisor.ts';
import { DriverError } from '../../hypervisor.ts';
import { numberOf, objectOf, objectsOf, queryRunState } from '../qmp/answers.ts';
import { type Guest, guestState, noGuest } from './guest.ts';
import { makeHandle } from './handle.ts';
import type { GuestRegistry } from './registry.ts';
import { killProcess } from './process.ts';

const QUIT_TIMEOUT_MS = 3_000;
const PRESS_INTERVAL_MS = 3_000;

export const balloonBytes = async ({ monitor }: Guest): Promise<number> =>
  numberOf(objectOf(await monitor.execute('query-balloon'))['actual']);

export const statusOf = async (guest: Guest): Promise<GuestStatus> => {
  const [runState, cpus, memoryBytes] = await Promise.all([
    queryRunState(guest.monitor),
    guest.monitor.execute('query-cpus-fast'),
    balloonBytes(guest),
  ]);
  return {
    id: guest.id,
    state: guestState(runState),
    domid: guest.pid,
    startedAt: guest.startedAt,
    vcpus: objectsOf(cpus).length,
    memoryBytes,
  };
};

/** The status, or undefined when the guest goes while it is asked. */
export const statusIfThere = async (guest: Guest | undefined): Promise<GuestStatus | undefined> => {
  if (guest === undefined) return undefined;
  try {
    return await statusOf(guest);
  } catch (error) {
    if (guest.monitor.isClosed) return undefined;
    throw error;
  }
};

/** Tells the balloon what the guest shall have; its driver follows when it is there. */
export const setMemoryTarget = async (guest: Guest, bytes: number): Promise<void> => {
  const mostBytes = guest.handle.spec.memoryStaticMaxBytes;
  if (bytes <= 0 || bytes > mostBytes)
    throw new DriverError('bad-config', `a memory target of ${bytes} bytes is not within the guest's ${mostBytes}`);
  await guest.monitor.execute('balloon', { value: bytes });
};

export interface Power {
  start(spec: GuestSpec, options: { readonly paused: boolean; readonly signal: AbortSignal }): Promise<GuestStatus>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  shutdown(id: string, options: { readonly signal: AbortSignal }): Promise<void>;
  reboot(id: string, options: { readonly signal: AbortSignal }): Promise<void>;
  reset(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
}

const requireState = async (guest: Guest, wanted: readonly string[], action: string): Promise<void> => {
  const state = guestState(await queryRunState(guest.monitor));
  if (!wanted.includes(state)) throw new DriverError('bad-state', `${action}: the guest is ${state}`, { details: { state } });
};

export const createPower = (registry: GuestRegistry, accelerator: () => Promise<'kvm' | 'tcg'>): Power => {
  const destroyGuest = async (guest: Guest): Promise<void> => {
    guest.destroyed = true;
    // A QEMU that does not answer, or answers by closing the connection, is ended below.
    await guest.monitor.execute('quit', {}, { timeoutMs: QUIT_TIMEOUT_MS }).catch(() => guest.close());
    await killProcess(guest.paths, { graceMs: QUIT_TIMEOUT_MS });
    await registry.ended(guest);
  };

  return {
    async start(spec, { paused, signal }) {
      const guest = await registry.launch(makeHandle({ spec, accelerator: await accelerator(), incoming: false }), signal);
      try {
        if (spec.memoryTargetBytes < spec.memoryStaticMaxBytes) await setMemoryTarget(guest, spec.memoryTargetBytes);
        signal.throwIfAborted();
        if (!paused) await guest.monitor.execute('cont');
        return await statusOf(guest);
      } catch (error) {
        await destroyGuest(guest);
        throw error;
      }
    },

    async pause(id) {
      const guest = await registry.get(id);
      await requireState(guest, ['running', 'paused'], 'pause');
      await guest.monitor.execute('stop');
    },

    async unpause(id) {
      const guest = await registry.get(id);
      await requireState(guest, ['running', 'paused'], 'unpause');
      await guest.monitor.execute('cont');
    },

    async shutdown(id, { signal }) {
      const guest = await registry.find(id);
      if (guest === undefined) throw noGuest(id);
      await requireState(guest, ['running'], 'shutdown');
      await pressingPowerButton(guest, signal, () => unlessAborted(guest.monitor.closed, signal));
      await registry.ended(guest);
    },

    async reboot(id, { signal }) {
      const guest = await registry.get(id);
      await requireState(guest, ['running'], 'reboot');
      await rebootBySelf(guest, signal);
    },

    async reset(id) {
      const guest = await registry.get(id);
      await requireState(guest, ['running', 'paused', 'crashed'], 'reset');
      const crashed = guestState(await queryRunState(guest.monitor)) === 'crashed';
      await guest.monitor.execute('system_reset');
      if (crashed) await guest.monitor.execute('cont');
    },

    async destroy(id) {
      const guest = await registry.find(id);
      if (guest !== undefined) await destroyGuest(guest);
    },
  };
};

/**
 * After a memory stream that ended without the guest leaving: it runs again, or is plainly paused. A guest whose memory went out stays in a
 * state of its own, its disks closed for writing, and only a start leads out of it; so a guest that shall be paused is started and stopped
 * at once. Idempotent.
 */
export const takeBack = async ({ monitor }: Guest, run: boolean): Promise<void> => {
  const state = await queryRunState(monitor);
  if (run) {
    if (state !== 'running') await monitor.execute('cont');
  } else if (state === 'postmigrate' || state === 'finish-migrate') {
    await monitor.execute('cont');
    await monitor.execute('stop');
  }
};

/** An abort stops waiting and nothing else. */
export const unlessAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/**
 * Presses the guest's power button, again every few seconds until `reaction` settles: a guest that still boots does not hear the first
 * press, and no guest tells whether it heard one. A second press changes nothing for a guest that is on its way.
 */
const pressingPowerButton = async <T>({ monitor }: Guest, signal: AbortSignal, reaction: () => Promise<T>): Promise<T> => {
  await monitor.execute('system_powerdown', {}, { signal });
  const pressAgain = setInterval(() => {
    // A guest that went meanwhile has reacted.
    monitor.execute('system_powerdown').catch(() => undefined);
  }, PRESS_INTERVAL_MS);
  try {
    return await reaction();
  } finally {
    clearInterval(pressAgain);
  }
};

/**
 * Asks the guest to power off and turns that into a reset: while this waits, QEMU is told to restart the machine where it would end. An abort
 * takes that back, so that a guest which powers off later is gone as usual.
 */
const rebootBySelf = async (guest: Guest, signal: AbortSignal): Promise<void> => {
  const reset = Promise.withResolvers<void>();
  const stop = guest.monitor.onEvent(event => {
    if (event.name === 'RESET') reset.resolve();
  });
  guest.quiet = true;
  void guest.monitor.closed.then(() => reset.reject(new DriverError('guest-refused', 'the guest powered off instead of rebooting')));
  try {
    await guest.monitor.execute('set-action', { shutdown: 'pause' }, { signal });
    const isOff = async (): Promise<true | undefined> => ((await queryRunState(guest.monitor)) === 'shutdown' ? true : undefined);
    await pressingPowerButton(guest, signal, () => guest.monitor.until(['SHUTDOWN', 'STOP'], isOff, signal));
    await guest.monitor.execute('system_reset');
    await guest.monitor.execute('cont');
    await reset.promise;
  } finally {
    stop();
    guest.quiet = false;
    reset.promise.catch(() => undefined);
    if (!guest.monitor.isClosed) await guest.monitor.execute('set-action', { shutdown: 'poweroff' });
  }
};
