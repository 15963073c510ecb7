// No image is opened for writing by two domains. The QEMU beside a domain opens images without QEMU's own lock, so two would both write and neither be
// told. Which images are open is in xenstore, for every domain, also those that others made; it goes with the domain whatever ended it.

import { DriverError } from '../../hypervisor.ts';
import type { Xenstore } from './xenstore.ts';

const BACKENDS = '/local/domain/0/backend';
/** How disks are served: by QEMU, or by the kernel, which is not this driver's way. */
const KINDS = ['qdisk', 'vbd'] as const;
const MOST_DOMAINS = 4_096;
const MOST_DISKS = 64;

export interface Opened {
  readonly path: string;
  readonly readOnly: boolean;
}

/** `qcow2:/sr/disk.qcow2`, or `aio:/dev/vg/disk`, or the path alone. */
const pathOf = (params: string): string => params.slice(params.indexOf('/') === -1 ? 0 : params.indexOf('/'));

/** Rejects with `in-use` when another domain has one of these open and either of the two may write. */
export const assertUnused = async (store: Xenstore, ownDomid: number | undefined, disks: readonly Opened[]): Promise<void> => {
  if (disks.length === 0) return;
  const wanted = new Map(disks.map(disk => [disk.path, disk]));
  for (const kind of KINDS) {
    for (const domid of await store.list(`${BACKENDS}/${kind}`, MOST_DOMAINS)) {
      if (domid === String(ownDomid)) continue;
      for (const device of await store.list(`${BACKENDS}/${kind}/${domid}`, MOST_DISKS)) {
        const base = `${BACKENDS}/${kind}/${domid}/${device}`;
        const disk = wanted.get(pathOf((await store.readText(`${base}/params`)) ?? ''));
        if (disk === undefined) continue;
        const mayWrite = (await store.readText(`${base}/mode`)) !== 'r';
        // What is left of a domain that is gone holds nothing open.
        if ((!mayWrite && disk.readOnly) || (await store.read(`/local/domain/${domid}`)) === undefined) continue;
        const name = (await store.readText(`/local/domain/${domid}/name`))?.slice(0, 80) ?? '';
        throw new DriverError('in-use', `the image ${disk.path} is open in domain ${domid} (${name}): end that first`);
      }
    }
  }
};
