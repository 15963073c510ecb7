// What is kept on disk of a guest, so that a fresh process knows its domain among those of others and what was under way with it. Written before
// the domain is made and whenever a phase or a device changes.

import type { GuestSpec } from '../../hypervisor.ts';
import type { Dom0 } from './dom0.ts';
import type { XenPaths } from './paths.ts';

const VERSION = 1;

/**
 *   starting ─created→ living ⇄ restarting (domain destroyed, its successor made)      starting: whatever stands is swept away
 *                      living → suspending (memory goes to the spool file)            restarting, suspending: brought back
 *                      living → sending → leaving (all is sent; stays stopped until somebody says which side has it)
 *   incoming ─memory→ arrived ─activated→ living                                      incoming: swept away; arrived: waits on
 */
export type Phase = 'starting' | 'living' | 'restarting' | 'suspending' | 'sending' | 'leaving' | 'incoming' | 'arrived';

/** A move to or from another host is under way: what its domain does meanwhile is the move's doing. */
export const isMoving = (phase: Phase): boolean => ['sending', 'leaving', 'incoming', 'arrived'].includes(phase);

export interface XenHandle {
  readonly version: typeof VERSION;
  readonly spec: GuestSpec;
  readonly phase: Phase;
  readonly startedAt: string;
  /** How many processors it was last asked to have. */
  readonly vcpus: number;
}

export const makeHandle = (spec: GuestSpec): XenHandle => ({
  version: VERSION,
  spec,
  phase: 'starting',
  startedAt: new Date().toISOString(),
  vcpus: spec.vcpusAtStartup,
});

export const writeHandle = (dom0: Dom0, paths: XenPaths, handle: XenHandle): Promise<void> =>
  dom0.writeText(paths.handle, JSON.stringify(handle, null, 2), 0o600);

/** Undefined when there is none or it is not one of this driver: then no domain was made from it. */
export const readHandle = async (dom0: Dom0, paths: XenPaths): Promise<XenHandle | undefined> => {
  const text = await dom0.readText(paths.handle);
  if (text === undefined) return undefined;
  try {
    const handle: XenHandle = JSON.parse(text);
    return handle.version === VERSION && handle.phase !== undefined ? handle : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
