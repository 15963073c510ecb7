// Whether this machine is the control domain of a Xen host.

import { readFile } from 'node:fs/promises';

/** The kernel says so where xenfs is mounted. */
const CAPABILITIES = '/proc/xen/capabilities';

export const isControlDomain = (): Promise<boolean> =>
  readFile(CAPABILITIES, 'utf8').then(
    text => text.includes('control_d'),
    () => false, // no Xen, or a guest on it
  );
