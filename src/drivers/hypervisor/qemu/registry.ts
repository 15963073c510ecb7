// The guests this process has hold of, and how it comes by them: started here, or found on disk after a restart.
//
//   absent ─start→ held ─process ends→ absent        A guest's directory on disk without a living process is swept away.

import { readdir } from 'node:fs/promises';
import type { Logger } from '../../../lib/logger.ts';
import { DriverError, type GuestEvent } from '../../hypervisor.ts';
import { queryRunState } from '../qmp/answers.ts';
import { qemuError } from '../qmp/errors.ts';
import { Guest, noGuest } from './guest.ts';
import { type GuestHandle, readHandle, writeHandle } from './handle.ts';
import { Monitor } from '../qmp/monitor.ts';
import { guestPaths, guestsDirectory, makeGuestDirectories, removeGuestDirectories } from '../guest-paths.ts';
import { findProcess, killProcess, launch, logTail, startedAt } from './process.ts';
import { qemuArguments } from './args.ts';
import { isExisting, isMissing } from '../os-errors.ts';

const MONITOR_TIMEOUT_MS = 5_000;
/** From the end of the monitor to the end of the process: QEMU closes disks meanwhile. */
const EXIT_GRACE_MS = 5_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class GuestRegistry {
  readonly #stateDir: string;
  readonly #log: Logger;
  readonly #held = new Map<string, Promise<Guest | undefined>>();
  readonly #listeners = new Set<(event: GuestEvent) => void>();
  /** Ends of processes being tidied up after; `close` waits for them. */
  readonly #tidying = new Map<Guest, Promise<void>>();
  #isClosed = false;

  constructor(stateDir: string, log: Logger) {
    this.#stateDir = stateDir;
    this.#log = log;
  }

  readonly tell = (event: GuestEvent): void => {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  };

  onEvent(listener: (event: GuestEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The guest, found on disk if need be; undefined when its process does not live. */
  find(id: string): Promise<Guest | undefined> {
    const held = this.#held.get(id);
    if (held !== undefined) return held;
    if (!UUID.test(id)) return Promise.resolve(undefined);
    return this.#hold(id, this.#recover(id));
  }

  async get(id: string): Promise<Guest> {
    const guest = await this.find(id);
    if (guest === undefined) throw noGuest(id);
    return guest;
  }

  async all(): Promise<readonly Guest[]> {
    const onDisk = await readdir(guestsDirectory(this.#stateDir)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const guests = await Promise.all([...new Set([...onDisk, ...this.#held.keys()])].map(id => this.#findOrReport(id)));
    return guests.filter(guest => guest !== undefined);
  }

  async #findOrReport(id: string): Promise<Guest | undefined> {
    try {
      return await this.find(id);
    } catch (error) {
      this.#log.error('a guest runs but does not answer', { guest: id, error });
      return undefined;
    }
  }

  /** Launches QEMU. Rejects with `exists` when there is such a guest. On failure nothing is left. */
  launch(handle: GuestHandle, signal: AbortSignal): Promise<Guest> {
    const { id } = handle.spec;
    if (!UUID.test(id)) return Promise.reject(new DriverError('bad-config', `a guest's id is a uuid, not ${id}`));
    const before = this.#held.get(id);
    const launched = (async () => {
      if ((await (before ?? this.#recover(id))) !== undefined) throw new DriverError('exists', `guest ${id} exists already`);
      return this.#launch(handle, signal);
    })();
    if (before === undefined) void this.#hold(id, launched).catch(() => undefined);
    return launched;
  }

  async #launch(handle: GuestHandle, signal: AbortSignal): Promise<Guest> {
    const { id } = handle.spec;
    const paths = guestPaths(this.#stateDir, id);
    const args = qemuArguments({ spec: handle.spec, paths, accelerator: handle.accelerator, incoming: handle.incoming });
    await makeGuestDirectories(paths).catch((error: unknown) => {
      if (isExisting(error)) throw new DriverError('exists', `guest ${id} is being started`, { cause: error });
      throw error;
    });
    try {
      await writeHandle(paths, handle);
      const { pid, monitor } = await launch(args, paths, signal);
      const guest = await Guest.attach({ id, paths, handle, pid, startedAt: await startedAt(paths) }, monitor, this.tell);
      this.#watch(guest);
      return guest;
    } catch (error) {
      await killProcess(paths);
      await removeGuestDirectories(paths);
      throw error;
    }
  }

  /** Looks for a living process of this guest; sweeps the traces of a dead one. */
  async #recover(id: string): Promise<Guest | undefined> {
    const paths = guestPaths(this.#stateDir, id);
    const pid = await findProcess(paths);
    const handle = await readHandle(paths);
    if (pid === undefined || handle === undefined) {
      if (pid !== undefined) await killProcess(paths);
      await removeGuestDirectories(paths);
      return undefined;
    }
    const monitor = await Monitor.connect(paths.monitor, { timeoutMs: MONITOR_TIMEOUT_MS });
    const guest = await Guest.attach({ id, paths, handle, pid, startedAt: await startedAt(paths) }, monitor, this.tell);
    this.#watch(guest);
    await endInterruptedReboot(guest);
    return guest;
  }

  #hold<T extends Guest | undefined>(id: string, promise: Promise<T>): Promise<T> {
    const release = (): void => {
      if (this.#held.get(id) === promise) this.#held.delete(id);
    };
    this.#held.set(id, promise);
    promise.then(guest => {
      if (guest === undefined) release();
    }, release);
    return promise;
  }

  #watch(guest: Guest): void {
    const tidied = guest.monitor.closed.then(async () => {
      if (!this.#isClosed) await this.#tidy(guest);
    });
    const reported = tidied.catch((error: unknown) =>
      this.#log.error('the traces of a guest could not be removed', { guest: guest.id, error }),
    );
    this.#tidying.set(guest, reported);
    void reported.then(() => this.#tidying.delete(guest));
  }

  /** The monitor closed: the process is ending, or QEMU dropped the connection, which it has no reason to; then it is ended. */
  async #tidy(guest: Guest): Promise<void> {
    guest.close();
    await killProcess(guest.paths, { graceMs: EXIT_GRACE_MS });
    guest.lastWords = await logTail(guest.paths);
    if (guest.goneReason === 'died')
      this.#log.warn('a guest ended without having been asked to', { guest: guest.id, qemu: guest.lastWords });
    await removeGuestDirectories(guest.paths);
    this.#held.delete(guest.id);
    this.tell({ kind: 'gone', id: guest.id, reason: guest.goneReason });
  }

  /** The error for a guest that ended while something was under way: what QEMU said last. */
  async endedError(guest: Guest, tried: string, cause: unknown): Promise<DriverError> {
    await this.ended(guest);
    return qemuError(tried, guest.lastWords === '' ? 'QEMU ended and gave no reason' : guest.lastWords, { cause });
  }

  /** Resolves when the guest's process has ended and its traces are gone. */
  async ended(guest: Guest): Promise<void> {
    await this.#tidying.get(guest);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const held = await Promise.allSettled(this.#held.values());
    for (const each of held) if (each.status === 'fulfilled') each.value?.close();
    await Promise.all(this.#tidying.values());
    this.#held.clear();
    this.#listeners.clear();
  }
}

/** The last process may have died while it turned the guest's power-off into a reboot: from now on a power-off is one again. */
const endInterruptedReboot = async ({ monitor }: Guest): Promise<void> => {
  await monitor.execute('set-action', { shutdown: 'poweroff' });
  if ((await queryRunState(monitor)) !== 'shutdown') return;
  await monitor.execute('system_reset');
  await monitor.execute('cont');
};
