// A program of a test's own, found before the real one of that name by whatever this process starts.

import { afterAll, beforeAll } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** For all tests of the file that calls it. Gives how the folder that it lies in is asked for: `script` may leave traces there. */
export const standIn = (name: string, script: (folder: string) => string): (() => string) => {
  const path = process.env['PATH'];
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp('/tmp/xcp-stand-in-');
    await writeFile(join(folder, name), script(folder));
    await chmod(join(folder, name), 0o755);
    process.env['PATH'] = `${folder}:${path ?? ''}`;
  });
  afterAll(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  });
  return () => folder;
};
