// The images of Xen hosts, each built once and kept under a digest of what builds it.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../../../src/drivers/tool.ts';
import { makeGuestRamdisk } from './guest-files.ts';

const run = promisify(execFile);
const cacheDir = join(import.meta.dirname, '../../../../.cache/xen-lab');
const RECIPE = ['build-dom0.sh', 'dom0-first.sh', 'dom0-init.sh', 'dom0-systemd.sh'] as const;
const BUILD_MS = 30 * 60_000;

/** `quick`: up soon, with all that the agent needs; `fresh`: as Debian installs it, with systemd, and nothing of ours. */
export type ImageKind = 'quick' | 'fresh';

export interface XenImage {
  readonly kind: ImageKind;
  readonly hypervisor: string;
  readonly kernel: string;
  readonly firstRamdisk: string;
  /** Raw; to be written to only through an overlay. */
  readonly root: string;
  readonly key: string;
  /** What guests boot beside the kernel that dom0 has for them. */
  readonly guestRamdisk: string;
}

const NEEDED: readonly (readonly [string, string])[] = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['debootstrap', 'debootstrap'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['ssh', 'openssh-client'],
  ['depmod', 'kmod'],
  ['xz', 'xz-utils'],
];

/** Why the lab cannot run here, if so: in words for people. */
export const missing = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) return 'building a Debian system needs root';
  const packages: string[] = [];
  for (const [program, name] of NEEDED) if ((await findProgram(program)) === undefined) packages.push(name);
  return packages.length === 0 ? undefined : `not installed: apt-get install ${packages.join(' ')}`;
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const recipeDigest = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const name of RECIPE) hash.update(await readFile(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 12);
};

export const xenImage = async (kind: ImageKind = 'quick'): Promise<XenImage> => {
  const place = join(cacheDir, `${kind}-${await recipeDigest()}`);
  if (!(await exists(join(place, 'root.img')))) await build(place, kind);
  const guestRamdisk = join(place, 'guest.img');
  await makeGuestRamdisk(join(place, 'modules'), guestRamdisk);
  return {
    kind,
    hypervisor: join(place, 'xen'),
    kernel: join(place, 'vmlinuz'),
    firstRamdisk: join(place, 'first.img'),
    root: join(place, 'root.img'),
    key: join(place, 'key'),
    guestRamdisk,
  };
};

/** Whole or not at all, also when two build at once. */
const build = async (place: string, kind: ImageKind): Promise<void> => {
  await mkdir(cacheDir, { recursive: true });
  const making = await mkdtemp(join(cacheDir, 'making-'));
  try {
    const args = [making, join(cacheDir, 'packages'), kind];
    await run(join(import.meta.dirname, 'build-dom0.sh'), args, { timeout: BUILD_MS, maxBuffer: 16 << 20 });
    await rename(making, place).catch(async (error: unknown) => {
      if (!(await exists(join(place, 'root.img')))) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
};
