// What guests of the lab boot: Tiny Linux with the modules of dom0's own kernel, which has Xen's drivers for both sides.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { collectModules } from '../../../../src/drivers/hypervisor/tiny-linux/modules.ts';
import { makeRamdisk, WANTED_MODULES } from '../../../../src/drivers/hypervisor/tiny-linux/ramdisk.ts';

const run = promisify(execFile);
const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'] as const;

const busyboxPath = async (): Promise<string> => {
  for (const path of BUSYBOX) {
    const found = await readFile(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new Error('busybox is not installed: apt-get install busybox-static');
};

/** Writes the ramdisk to `path`. */
export const makeGuestRamdisk = async (modulesDir: string, path: string): Promise<void> => {
  const busybox = await busyboxPath();
  const applets = (await run(busybox, ['--list'])).stdout.split('\n').filter(name => name !== '');
  const modules = await collectModules(modulesDir, WANTED_MODULES);
  const names = modules.map(module => module.name);
  if (!names.includes('xen_blkfront') || !names.includes('xen_netfront'))
    throw new Error(`${modulesDir} holds no drivers for guests on Xen`);
  await writeFile(path, makeRamdisk(await readFile(busybox), applets, modules));
};
