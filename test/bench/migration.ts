// Storage XenMotion between two real hosts on this machine: throughput beside `qemu-img convert`, pause beside the same by hand.

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { labHost } from '../lab/support/hosts.ts';
import { pause } from './migration/pause.ts';
import { type Measured, throughput } from './migration/throughput.ts';

/** On a file system that is a disk's: /tmp may be memory. */
const folderOf = (name: string): string => mkdtempSync(join('/var/tmp', `xcp-bench-${name}-`));

export async function migration(): Promise<Measured> {
  await using one = await labHost('one', { folder: folderOf('one') });
  await using two = await labHost('two', { folder: folderOf('two') });
  const parts = [await pause(one, two), await throughput(one, two)];
  return { rows: parts.flatMap(part => part.rows), notes: parts.flatMap(part => part.notes) };
}
