// Tiny Linux: the guest that boots in seconds. Its kernel is made on this machine when a VM of it first starts; the VM's record
// then holds the paths.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ref } from '../../lib/brand.ts';
import { buildTinyLinux, tinyLinuxCache } from '../../drivers/hypervisor/tiny-linux/build.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { mapped } from '../errors.ts';

/** The key in other_config that marks a VM whose kernel this host provides. */
export const tinyLinuxKey = 'xcp-tiny-linux';

/** A VM of Tiny Linux has a kernel that exists here. Does nothing for others. */
export const ensureTinyLinux = async (services: Services, ref: Ref<'VM'>): Promise<void> => {
  const vm = services.db.need('VM', ref);
  if (vm.other_config[tinyLinuxKey] !== 'true') return;
  const simulated = services.hypervisor.kind === 'sim';
  if (vm.PV_kernel !== '' && (simulated || existsSync(vm.PV_kernel))) return;
  const cacheDir = tinyLinuxCache();
  // The simulator runs no code, so it needs none.
  const files = simulated
    ? { kernelPath: join(cacheDir, 'kernel'), ramdiskPath: join(cacheDir, 'ramdisk') }
    : await mapped({ vm: ref }, () => buildTinyLinux(cacheDir));
  await change(services.db, tx =>
    tx.update('VM', ref, {
      PV_kernel: files.kernelPath,
      PV_ramdisk: files.ramdiskPath,
      // A guest on Xen has no serial port: its console is Xen's own.
      ...(services.hypervisor.kind === 'xen' && { PV_args: tx.need('VM', ref).PV_args.replace('console=ttyS0', 'console=hvc0') }),
    }),
  );
};
