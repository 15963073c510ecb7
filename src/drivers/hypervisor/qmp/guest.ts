// What the parts that speak QMP need of a guest, whatever runs it: QEMU itself, or Xen with a QEMU beside the domain.

import type { Monitor } from './monitor.ts';

export interface FoundDisk {
  readonly path: string;
  /** The device's own name in commands. */
  readonly device: string;
  readonly kind: 'disk' | 'cd';
  /** Why what the guest writes does not come through this device, if so: then nothing may be done with the disk while the guest runs. */
  readonly passedBy?: string;
}

export interface QmpGuest {
  readonly id: string;
  readonly monitor: Monitor;
  /** Which of the devices that QEMU lists is this disk; `paths` are its names for them, ids or paths in its tree of objects. */
  findDisk(diskId: string, paths: readonly string[]): Promise<FoundDisk | undefined>;
  /** Whether the driver, or QEMU for it, opened this node for the disk: only such nodes are ever closed. */
  ownsNode(diskId: string, node: string): boolean;
}

/** One that is bound to another host by the block layer: what waits for a silent link can be cut from the second monitor alone. */
export interface LinkedGuest extends QmpGuest {
  readonly second: Monitor;
  /** How long the link may bring nothing on before it counts as lost; a few seconds where nothing is said. */
  readonly silenceMs?: number;
}

export interface QmpGuests {
  find(id: string): Promise<QmpGuest | undefined>;
  /** Rejects with `not-found`. */
  get(id: string): Promise<QmpGuest>;
}
