// One guest whose QEMU lives: its two monitors and what its events mean.
//
// The guest is gone when its process is; that is noticed by the end of the monitor connection and told once, after the process has let
// go of its disks and its traces are cleaned. While a migration or a suspension stops the guest for its own ends the guest is `quiet`:
// that stop is no change of state to tell.

import { textOf } from '../qmp/answers.ts';
import { DriverError, type GuestEvent, type GuestSpec, type GuestState } from '../../hypervisor.ts';
import { type GuestHandle, writeHandle } from './handle.ts';
import type { FoundDisk, QmpGuest } from '../qmp/guest.ts';
import { Monitor, type QmpEvent } from '../qmp/monitor.ts';
import { deviceId, nodePrefix } from '../qmp/nodes.ts';
import type { GuestPaths } from '../guest-paths.ts';

type GoneReason = Extract<GuestEvent, { kind: 'gone' }>['reason'];

/** QEMU's run states as the contract's. */
export const guestState = (runState: string): GuestState => {
  if (runState === 'running') return 'running';
  if (runState === 'inmigrate') return 'incoming';
  if (runState === 'postmigrate') return 'migrated';
  return runState === 'guest-panicked' || runState === 'internal-error' ? 'crashed' : 'paused';
};

const goneReason = (shutdownReason: string): GoneReason => {
  if (shutdownReason === 'guest-shutdown') return 'shutdown';
  if (shutdownReason === 'guest-reset') return 'reboot';
  if (shutdownReason === 'guest-panic') return 'crash';
  return shutdownReason === 'host-qmp-quit' ? 'destroyed' : 'died';
};

const SECOND_MONITOR_TIMEOUT_MS = 5_000;
const SAME_REBOOT_MS = 1_000;

export interface GuestParts {
  readonly id: string;
  readonly paths: GuestPaths;
  readonly handle: GuestHandle;
  readonly pid: number;
  readonly startedAt: Date;
}

export class Guest implements QmpGuest {
  readonly id: string;
  readonly paths: GuestPaths;
  readonly pid: number;
  readonly startedAt: Date;
  readonly monitor: Monitor;
  /** For out-of-band commands, when the first one is blocked. */
  readonly second: Monitor;
  /** While set, stops and resumes are not told. */
  quiet = false;
  /** When a migration stopped it, on this process's own clock; until it is told otherwise. */
  stoppedAtMs: number | undefined;
  /** Set before the driver itself ends the process. */
  destroyed = false;
  /** What QEMU said on its standard error before it ended. */
  lastWords = '';
  #handle: GuestHandle;
  #shutdownReason = '';
  #resetAtMs = 0;
  #panicked = false;

  private constructor(parts: GuestParts, monitor: Monitor, second: Monitor) {
    this.id = parts.id;
    this.paths = parts.paths;
    this.#handle = parts.handle;
    this.pid = parts.pid;
    this.startedAt = parts.startedAt;
    this.monitor = monitor;
    this.second = second;
  }

  /** Takes hold of a guest; events are told from the first on. Rejects when a monitor does not answer; both are closed then. */
  static async attach(parts: GuestParts, monitor: Monitor, tell: (event: GuestEvent) => void): Promise<Guest> {
    const second = await Monitor.connect(parts.paths.secondMonitor, { timeoutMs: SECOND_MONITOR_TIMEOUT_MS }).catch((error: unknown) => {
      monitor.close();
      throw error;
    });
    const guest = new Guest(parts, monitor, second);
    monitor.onEvent(event => guest.#hear(event, tell));
    return guest;
  }

  get handle(): GuestHandle {
    return this.#handle;
  }

  async findDisk(diskId: string, paths: readonly string[]): Promise<FoundDisk | undefined> {
    for (const kind of ['disk', 'cd'] as const) {
      const device = deviceId(kind, diskId);
      const path = paths.find(each => each.split('/').includes(device));
      if (path !== undefined) return { path, device, kind };
    }
    return undefined;
  }

  ownsNode(diskId: string, node: string): boolean {
    return node.startsWith(nodePrefix(diskId));
  }

  /** Keeps on disk which devices the guest has got or lost. */
  async remember(change: (spec: GuestSpec) => GuestSpec): Promise<void> {
    this.#handle = { ...this.#handle, spec: change(this.#handle.spec) };
    await writeHandle(this.paths, this.#handle);
  }

  get goneReason(): GoneReason {
    return this.destroyed ? 'destroyed' : goneReason(this.#shutdownReason);
  }

  #hear(event: QmpEvent, tell: (event: GuestEvent) => void): void {
    const { id } = this;
    switch (event.name) {
      case 'SHUTDOWN':
        this.#shutdownReason = textOf(event.data['reason']);
        return;
      case 'RESET':
        this.#panicked = false;
        this.#hearReset(event.timestampMs, () => tell({ kind: 'rebooted', id }));
        return;
      case 'GUEST_PANICKED':
        this.#panicked = true;
        tell({ kind: 'state', id, state: 'crashed' });
        return;
      case 'STOP':
      case 'RESUME':
        // A crashed guest is stopped as well; that it crashed says more.
        if (!this.quiet && !(event.name === 'STOP' && this.#panicked))
          tell({ kind: 'state', id, state: event.name === 'STOP' ? 'paused' : 'running' });
        return;
      case 'VSERPORT_CHANGE':
        if (event.data['open'] === true) tell({ kind: 'metrics', id });
        return;
      default:
    }
  }

  /** The firmware answers a reset with a second, hard one of its own: both are one reboot. */
  #hearReset(atMs: number, tell: () => void): void {
    if (atMs - this.#resetAtMs > SAME_REBOOT_MS) tell();
    this.#resetAtMs = atMs;
  }

  /** Lets go without touching the guest. */
  close(): void {
    this.monitor.close();
    this.second.close();
  }
}

export const noGuest = (id: string): DriverError => new DriverError('not-found', `there is no guest ${id}`);
