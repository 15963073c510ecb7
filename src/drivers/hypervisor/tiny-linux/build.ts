// Makes Tiny Linux on this machine, from Debian's cloud kernel and its static busybox: a kernel and a ramdisk that boot in about two
// seconds under emulation. Nothing is installed and root is not needed: packages are downloaded and unpacked, then thrown away.
// What was made is kept in the cache directory under the versions it was made from and a digest of its own scripts.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { DriverError } from '../../hypervisor.ts';
import { collectModules } from './modules.ts';
import { makeRamdisk, WANTED_MODULES } from './ramdisk.ts';

const run = promisify(execFile);
const DOWNLOAD_TIMEOUT_MS = 300_000;
const META_PACKAGES = ['linux-image-cloud-amd64', 'linux-image-amd64'] as const;

export interface TinyLinux {
  readonly kernelPath: string;
  readonly ramdiskPath: string;
}

async function output(program: string, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<string> {
  try {
    const options = {
      cwd,
      timeout: DOWNLOAD_TIMEOUT_MS,
      maxBuffer: 16 << 20,
      env: { ...process.env, LC_ALL: 'C' },
      ...(signal && { signal }),
    };
    return (await run(program, [...args], options)).stdout;
  } catch (cause) {
    signal?.throwIfAborted();
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new DriverError('failed', `making Tiny Linux needs \`${program} ${args.join(' ')}\`, which failed: ${said.slice(0, 500)}`, {
      cause,
    });
  }
}

/** The package that holds the newest kernel of this Debian: the meta package depends on it. */
async function kernelPackage(cwd: string, signal?: AbortSignal): Promise<string> {
  for (const meta of META_PACKAGES) {
    const depends = await output('apt-cache', ['depends', meta], cwd, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      return error instanceof DriverError ? '' : Promise.reject(error);
    });
    const name = /Depends: (linux-image-[0-9][^\s]*)/.exec(depends)?.[1];
    if (name !== undefined) return name;
  }
  throw new DriverError('failed', 'apt knows no kernel package (linux-image-cloud-amd64); run `apt-get update` and try again');
}

async function fetchPackages(names: readonly string[], into: string, signal?: AbortSignal): Promise<void> {
  await output('apt-get', ['download', '-q', ...names], into, signal);
  for (const file of await readdir(into)) {
    if (file.endsWith('.deb')) await output('dpkg-deb', ['-x', file, 'root'], into, signal);
  }
}

async function onlyEntry(directory: string, startsWith: string): Promise<string> {
  const found = (await readdir(directory)).find(name => name.startsWith(startsWith));
  if (found === undefined) throw new DriverError('failed', `the kernel package holds no ${directory}/${startsWith}*`);
  return path.join(directory, found);
}

async function assemble(work: string, signal?: AbortSignal): Promise<void> {
  const root = path.join(work, 'root');
  const busyboxPath = path.join(root, 'bin/busybox');
  const applets = (await output(busyboxPath, ['--list'], work, signal)).split('\n').filter(name => name !== '');
  const modules = await collectModules(path.join(root, 'lib/modules'), WANTED_MODULES);
  await copyFile(await onlyEntry(path.join(root, 'boot'), 'vmlinuz-'), path.join(work, 'kernel'));
  await writeFile(path.join(work, 'ramdisk'), makeRamdisk(await readFile(busyboxPath), applets, modules));
}

/** Changes when what would be made changes, the packages' versions aside. Of the archive before it is compressed: runtimes compress differently. */
function recipeDigest(): string {
  return createHash('sha256')
    .update(gunzipSync(makeRamdisk(Buffer.alloc(0), WANTED_MODULES, [])))
    .digest('hex')
    .slice(0, 12);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Makes the guest, or finds it made before. Several processes may call it at once: each makes its own and the first to finish is kept.
 * Fails with DriverError `failed` when the packages cannot be had; an abort leaves nothing.
 */
export async function buildTinyLinux(cacheDir: string, options?: { readonly signal?: AbortSignal }): Promise<TinyLinux> {
  await mkdir(cacheDir, { recursive: true });
  const suffix = `-${recipeDigest()}`;
  const made = (await readdir(cacheDir))
    .filter(name => name.startsWith('tiny-') && name.endsWith(suffix))
    .sort()
    .at(-1);
  if (made !== undefined) return filesIn(path.join(cacheDir, made));
  const work = await mkdtemp(path.join(cacheDir, 'making-'));
  try {
    const kernel = await kernelPackage(work, options?.signal);
    await fetchPackages([kernel, 'busybox-static'], work, options?.signal);
    await assemble(work, options?.signal);
    const place = path.join(cacheDir, `tiny-${kernel.replace('linux-image-', '')}${suffix}`);
    const files = await mkdtemp(path.join(cacheDir, 'made-'));
    await rename(path.join(work, 'kernel'), path.join(files, 'kernel'));
    await rename(path.join(work, 'ramdisk'), path.join(files, 'ramdisk'));
    await rename(files, place).catch(async (error: unknown) => {
      await rm(files, { recursive: true });
      if (!(await exists(path.join(place, 'ramdisk')))) throw error;
    });
    return filesIn(place);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Where this machine keeps it, for all hosts that run here as this user. */
export const tinyLinuxCache = (): string =>
  process.getuid?.() === 0
    ? '/var/cache/xcp/tiny-linux'
    : path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'xcp/tiny-linux');

const filesIn = (place: string): TinyLinux => ({ kernelPath: path.join(place, 'kernel'), ramdiskPath: path.join(place, 'ramdisk') });
