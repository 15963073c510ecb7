// One guest of this driver: its domain now, and the monitor of the QEMU beside it. The domain's number changes at each reboot.

import { errnoOf } from '../../errno.ts';
import { DriverError, type GuestSpec, type GuestState } from '../../hypervisor.ts';
import type { LinkedGuest, QmpGuest } from '../qmp/guest.ts';
import { Monitor } from '../qmp/monitor.ts';
import { nodePrefix } from '../qmp/nodes.ts';
import { vdevOf } from './disks.ts';
import type { Dom0 } from './dom0.ts';
import { findXenDisk } from './find-disk.ts';
import { type Phase, writeHandle, type XenHandle } from './handle.ts';
import { type DomainKind, domainKind } from './kind.ts';
import type { XenPaths } from './paths.ts';

const MONITOR_TIMEOUT_MS = 30_000;
/** The agents stand between the two sides and notice the end of a connection themselves; a slow disk over there is no end. */
const SILENCE_MS = 60_000;

export type GoneReason = 'shutdown' | 'reboot' | 'crash' | 'destroyed' | 'died';

export class XenGuest {
  readonly id: string;
  readonly paths: XenPaths;
  /** Settles when the guest is gone and its traces are cleaned. */
  readonly gone = Promise.withResolvers<GoneReason>();
  /** The state that listeners know. */
  told: GuestState | undefined;
  /** Of the living domain. */
  domid: number;
  readonly #dom0: Dom0;
  #handle: XenHandle;
  readonly #monitors = new Map<string, Promise<Monitor>>();
  #reboots = Promise.withResolvers<void>();
  /** Ends the watch on what the guest says of itself. */
  stopWatching: () => void = () => undefined;
  /** Called when a connection to the domain's QEMU ends that nobody here ended. */
  onQemuSilent: () => void = () => undefined;
  /** Lets go of what a move to or from another host has open in this process. */
  endMove: () => Promise<void> = () => Promise.resolve();

  constructor(dom0: Dom0, paths: XenPaths, handle: XenHandle, domid: number) {
    this.id = handle.spec.id;
    this.paths = paths;
    this.#dom0 = dom0;
    this.#handle = handle;
    this.domid = domid;
  }

  get handle(): XenHandle {
    return this.#handle;
  }

  get kind(): DomainKind {
    return domainKind(this.#handle.spec);
  }

  /** Settles at the next reboot. */
  get rebooted(): Promise<void> {
    return this.#reboots.promise;
  }

  hasRebooted(): void {
    this.#reboots.resolve();
    this.#reboots = Promise.withResolvers<void>();
  }

  async remember(change: (spec: GuestSpec) => GuestSpec): Promise<void> {
    await this.#write({ ...this.#handle, spec: change(this.#handle.spec) });
  }

  async enter(phase: Phase): Promise<void> {
    await this.#write({ ...this.#handle, phase });
  }

  /** Its domain is made. */
  async begin(): Promise<void> {
    await this.#write({ ...this.#handle, phase: 'living', startedAt: new Date().toISOString(), vcpus: this.#handle.spec.vcpusAtStartup });
  }

  async rememberVcpus(vcpus: number): Promise<void> {
    await this.#write({ ...this.#handle, vcpus });
  }

  async #write(handle: XenHandle): Promise<void> {
    await writeHandle(this.#dom0, this.paths, handle);
    this.#handle = handle;
  }

  /** The monitor of the domain's QEMU, connected when first asked for. */
  monitor(): Promise<Monitor> {
    return this.#monitorAt(this.paths.monitor);
  }

  #monitorAt(path: string): Promise<Monitor> {
    const known = this.#monitors.get(path);
    if (known !== undefined) return known;
    const open = (at: string, signal: AbortSignal) => this.#dom0.connect(at, signal);
    const connecting = Monitor.connect(path, { timeoutMs: MONITOR_TIMEOUT_MS, open });
    this.#monitors.set(path, connecting);
    /** Whether it was still in use. */
    const forget = (): boolean => this.#monitors.get(path) === connecting && this.#monitors.delete(path);
    const onClosed = (): void => {
      if (forget()) this.onQemuSilent();
    };
    connecting.then(monitor => void monitor.closed.then(onClosed), forget);
    return connecting;
  }

  /**
   * Whether the domain's QEMU is there. By the one connection that is open anyway: others would wait in a queue of QEMU's that is soon full, and a full
   * queue looks like nobody at all. Rejects when it cannot be told.
   */
  async hasQemu(): Promise<boolean> {
    try {
      await this.monitor();
      return true;
    } catch (error) {
      if (error instanceof DriverError && (error.kind === 'not-found' || isNobody(error.cause))) return false;
      throw error;
    }
  }

  /** As the parts that speak QMP know it. */
  async qmp(): Promise<QmpGuest> {
    const monitor = await this.monitor();
    const diskOf = (diskId: string) => this.#handle.spec.disks.find(({ id }) => id === diskId);
    return {
      id: this.id,
      monitor,
      findDisk: async (diskId, paths) => {
        const disk = diskOf(diskId);
        return disk && findXenDisk(monitor, disk, this.kind, paths);
      },
      ownsNode: (diskId, node) => {
        const disk = diskOf(diskId);
        const vdev = disk && vdevOf(disk);
        return node.startsWith(nodePrefix(diskId)) || node === `${vdev}-qcow2` || node === `${vdev}-raw`;
      },
    };
  }

  /** With the monitor that still answers when the first one waits for a silent link. */
  async linked(): Promise<LinkedGuest> {
    return { ...(await this.qmp()), second: await this.#monitorAt(this.paths.secondMonitor), silenceMs: SILENCE_MS };
  }

  /** Lets go of the domain's QEMU. */
  dropMonitor(): void {
    for (const connecting of this.#monitors.values())
      void connecting.then(
        monitor => monitor.close(),
        () => undefined,
      );
    this.#monitors.clear();
  }

  close(): void {
    this.stopWatching();
    this.endMove().catch(() => undefined); // what was open ends with its connections
    this.dropMonitor();
  }
}

/** No socket, or one that nobody listens on any more. */
const isNobody = (error: unknown): boolean => ['ENOENT', 'ECONNREFUSED'].includes(errnoOf(error) ?? '');

export const noGuest = (id: string): DriverError => new DriverError('not-found', `there is no guest ${id}`);
