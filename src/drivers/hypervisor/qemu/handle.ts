// What is kept on disk of a guest so that a fresh process can find it again: what it was started from and how.
// Written whole before QEMU is started and again when a device comes or goes; which files disks use now is asked of QEMU itself.

import { readFile, rename, writeFile } from 'node:fs/promises';
import type { GuestSpec } from '../../hypervisor.ts';
import { isMissing } from '../os-errors.ts';
import type { GuestPaths } from '../guest-paths.ts';

const VERSION = 1;

export interface GuestHandle {
  readonly version: typeof VERSION;
  readonly spec: GuestSpec;
  readonly accelerator: 'kvm' | 'tcg';
  readonly incoming: boolean;
  readonly startedAt: string;
}

export const makeHandle = (fields: Omit<GuestHandle, 'version' | 'startedAt'>): GuestHandle => ({
  ...fields,
  version: VERSION,
  startedAt: new Date().toISOString(),
});

export const writeHandle = async (paths: GuestPaths, handle: GuestHandle): Promise<void> => {
  const partial = `${paths.handle}.new`;
  await writeFile(partial, JSON.stringify(handle, null, 2), { mode: 0o600 });
  await rename(partial, paths.handle);
};

/** Undefined when there is none or it is not whole: then no QEMU was started from it. */
export const readHandle = async (paths: GuestPaths): Promise<GuestHandle | undefined> => {
  try {
    const handle: GuestHandle = JSON.parse(await readFile(paths.handle, 'utf8'));
    return handle.version === VERSION ? handle : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined;
    throw error;
  }
};
