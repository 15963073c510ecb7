// The image work, done by qemu-img: each function is one run of it. Paths are absolute; formats are always named, never probed.

import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DriverError } from '../../hypervisor.ts';
import { runTool, ToolError } from '../../tool.ts';
import type { ImageFormat } from '../layered/images.ts';

interface Interruptible {
  readonly signal?: AbortSignal;
}

/** Turns what qemu-img says into the closed set of driver errors. Anything that is not a ToolError passes unchanged. */
export const imageError = (what: string, error: unknown): unknown => {
  if (!(error instanceof ToolError)) return error;
  const said = error.stderr.trim().split('\n').slice(0, 2).join(' ');
  if (/No space left|Disk quota/.test(said)) return new DriverError('no-space', `${what}: the storage is full`, { cause: error });
  if (/Failed to get .*lock|Failed to lock/.test(said))
    return new DriverError('in-use', `${what}: another process has the image open`, { cause: error });
  if (/Connection refused|Connection reset|Unable to connect|Broken pipe|Unexpected end-of-file|unreachable|timed out/i.test(said))
    return new DriverError('unreachable', `${what}: the other side does not answer (${said})`, { cause: error });
  return new DriverError('failed', `${what}: ${said || error.message}`, { cause: error });
};

/**
 * Environment of QEMU's tools. Left to itself the C library gives each buffer of a copy back to the kernel and takes a fresh one, cleared
 * page by page, for the next piece: half of the work of receiving a disk. So told, it keeps them, at most this much.
 */
export const keepBuffers = { MALLOC_MMAP_THRESHOLD_: String(32 << 20), MALLOC_TRIM_THRESHOLD_: String(256 << 20) } as const;

export const runQemuImg = async (
  what: string,
  args: readonly string[],
  options: Interruptible & { readonly onOutput?: (text: string) => void } = {},
): Promise<string> => {
  try {
    return await runTool('qemu-img', args, { ...options, env: keepBuffers });
  } catch (error) {
    throw imageError(what, error);
  }
};

/** Data of `path` and the entry that names it reach the medium before this resolves. */
export const syncFile = async (path: string): Promise<void> => {
  for (const name of [path, dirname(path)]) {
    const file = await open(name, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
};

/** The suffix of an image that is being made: whoever finds one after a crash throws it away. */
const aside = '.new';

/**
 * A new, empty qcow2 image, on top of `backing` (a name in the same directory) if given. It is made aside and renamed when it is
 * whole: an image cut short in its making can look like a good one that has nothing below. Durable when it resolves.
 */
export const createImage = async (
  path: string,
  sizeBytes: number,
  backing?: { readonly name: string; readonly format: ImageFormat },
): Promise<void> => {
  const made = `${path}${aside}`;
  // The size is given, so the backing image need not be opened: it may be in use.
  const below = backing ? ['-u', '-b', backing.name, '-F', backing.format] : [];
  try {
    await runQemuImg('create image', ['create', '-q', '-f', 'qcow2', ...below, made, String(sizeBytes)]);
    await chmod(made, 0o600);
    await syncFile(made);
    await rename(made, path);
    await syncFile(path);
  } catch (error) {
    await rm(made, { force: true });
    throw error;
  }
};

export const resizeImage = async (path: string, format: ImageFormat, sizeBytes: number): Promise<void> => {
  await runQemuImg('resize image', ['resize', '-q', '-f', format, path, String(sizeBytes)]);
  await syncFile(path);
};

/**
 * Writes what `path` itself holds into the image below it; `path` keeps its content, so an abort at any point changes nothing that
 * is read through it, and the call can be repeated.
 */
export const commitImage = async (path: string, belowPath: string, options: Interruptible): Promise<void> => {
  await runQemuImg('merge layers', ['commit', '-q', '-d', '-f', 'qcow2', '-t', 'writeback', path], options);
  await syncFile(belowPath);
};

/** Names another image as the one below, without touching data: both must read the same. */
export const repointImage = async (path: string, backing: { readonly name: string; readonly format: ImageFormat }): Promise<void> => {
  await runQemuImg('repoint layer', ['rebase', '-q', '-u', '-f', 'qcow2', '-b', backing.name, '-F', backing.format, path]);
  await syncFile(path);
};

/** Gives back clusters that an interrupted write left without an owner. */
export const repairLeaks = async (path: string): Promise<void> => {
  await runQemuImg('check image', ['check', '-q', '-f', 'qcow2', '-r', 'leaks', path]);
};

/** A reader of `qemu-img -p`: `    (12.34/100%)\r` as it comes, in any pieces; tells fractions of 1, rising. */
export const progressReader = (onFraction: (fraction: number) => void): ((text: string) => void) => {
  let rest = '';
  let last = -1;
  return text => {
    const pieces = (rest + text).split('\r');
    rest = (pieces.pop() ?? '').slice(-64);
    for (const piece of pieces) {
      const percent = Number(/\((\d+(?:\.\d+)?)\/100%\)/.exec(piece)?.[1] ?? Number.NaN);
      if (!(percent > last)) continue;
      last = percent;
      onFraction(Math.min(1, percent / 100));
    }
  };
};
