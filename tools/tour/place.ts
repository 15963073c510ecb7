// Where the tour keeps its two hosts: a short path, since unix sockets allow no long one, owned by whoever runs the tour.

import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';

export const base = process.env['XCP_TOUR_DIR'] ?? `/var/tmp/xcp-${userInfo().username}`;
export const names = ['one', 'two'] as const;
export const folderOf = (name: string): string => join(base, name);

/** Refuses a folder that somebody else put there. */
export function assertOwn(): void {
  if (!existsSync(base)) return;
  const found = lstatSync(base);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${base} exists and is not a folder of yours: remove it, or set XCP_TOUR_DIR to another place.`);
  }
}

export function pidOf(name: string): number | undefined {
  const file = join(folderOf(name), 'hostd.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
  if (!Number.isInteger(pid)) return undefined;
  // A pid alone proves nothing: it may have been given to another program since.
  const cmdline = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  return cmdline.includes('hostd') && cmdline.includes(folderOf(name)) ? pid : undefined;
}
