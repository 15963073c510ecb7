// A real file SR for tests: guests' writes by qemu-io, content by qemu-img, and an audit of every image.

import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFileStorage } from '../../src/drivers/storage/file/driver.ts';
import { LayeredSr } from '../../src/drivers/storage/layered/sr.ts';
import type { SrDriver, VolumeSource } from '../../src/drivers/storage.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { StorageHarness } from '../contract/storage-contract.ts';
import { blockBytes } from './blocks.ts';

const run = promisify(execFile);

/** One character as a guest's write of a whole block; the empty text writes zeroes. */
export const writeBlock = async ({ format, path }: VolumeSource, block: number, content: string): Promise<void> => {
  const what = content === '' ? 'write -z' : `write -P ${content.charCodeAt(0)}`;
  await run('qemu-io', ['-f', format, '-c', `${what} ${block * blockBytes} ${blockBytes}`, path]);
};

/** Every block that is not zero; a block that is not uniform is told as `mixed`. */
export const readBlocks = async ({ format, path }: VolumeSource): Promise<Map<number, string>> => {
  const dir = await mkdtemp(join(tmpdir(), 'xcp-read-'));
  try {
    const raw = join(dir, 'raw');
    await run('qemu-img', ['convert', '-f', format, '-O', 'raw', path, raw]);
    const blocks = new Map<number, string>();
    const file = await open(raw, 'r');
    const buffer = Buffer.alloc(blockBytes);
    for (let block = 0; ; block += 1) {
      const { bytesRead } = await file.read(buffer, 0, blockBytes, block * blockBytes);
      if (bytesRead === 0) break;
      const [first = 0] = buffer;
      const uniform = buffer.subarray(0, bytesRead).every(byte => byte === first);
      if (!uniform) blocks.set(block, 'mixed');
      else if (first !== 0) blocks.set(block, String.fromCharCode(first));
    }
    await file.close();
    return blocks;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

export const settled = async (sr: SrDriver): Promise<void> => {
  if (sr instanceof LayeredSr) await sr.coalescer.settled();
};

/** What is wrong with an SR: images that are damaged or leak, files that no volume needs. */
export const faultsOf = async (location: string, sr: SrDriver): Promise<string[]> => {
  const faults: string[] = [];
  const volumes = await sr.scan();
  await settled(sr);
  const needed = new Set((await Promise.all(volumes.map(v => sr.volume(v.id)))).flatMap(volume => volume?.layers ?? []));
  for (const name of await readdir(location)) {
    if (name === 'sr.json' || name.endsWith('.vol.json')) continue;
    if (!needed.has(name)) faults.push(`${name}: nobody needs it`);
    if (!name.endsWith('.qcow2')) continue;
    const check = await run('qemu-img', ['check', '-f', 'qcow2', join(location, name)]).then(
      () => '',
      (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`,
    );
    if (check !== '') faults.push(`${name}: ${check}`);
  }
  return faults;
};

export const fileHarness = async (): Promise<StorageHarness & { readonly location: string; readonly dir: string }> => {
  const dir = await mkdtemp(join(tmpdir(), 'xcp-file-'));
  const location = join(dir, 'sr');
  return {
    dir,
    location,
    config: { location },
    driver: () => createFileStorage({ runDir: join(dir, 'run'), log: silentLogger }),
    write: writeBlock,
    read: readBlocks,
    settle: settled,
    async audit(sr) {
      const faults = await faultsOf(location, sr);
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
};
