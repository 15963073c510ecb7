// An image that shows a folder of this machine to an emulated one.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ExtraDisk extends AsyncDisposable {
  readonly path: string;
}

/** `folder` with all below it, in an ext4 image of at least `sizeMib`. */
export const makeExtraDisk = async (folder: string, sizeMib: number): Promise<ExtraDisk> => {
  const directory = await mkdtemp('/tmp/xcp-xen-disk-');
  const path = join(directory, 'disk.img');
  await run('truncate', ['-s', `${sizeMib}M`, path]);
  await run('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-d', folder, path]);
  return {
    path,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};
