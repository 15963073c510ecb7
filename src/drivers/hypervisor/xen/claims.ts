// No image is opened for writing by two domains. The QEMU beside a domain opens images without QEMU's own lock, so two would both write and neither be
// told. Which images are open is in xenstore, for every domain, also those that others made; it goes with the domain whatever ended it.

import { inTurn } from '../../../lib/in-turn.ts';
import { DriverError } from '../../hypervisor.ts';
import type { Xenstore } from './xenstore.ts';

const BACKENDS = '/local/domain/0/backend';
/** How disks are served: by QEMU, or by the kernel, which is not this driver's way. */
const KINDS = ['qdisk', 'vbd'] as const;
const MOST_DOMAINS = 4_096;
const MOST_DISKS = 64;
/** Questions to the store at a time. */
const AT_ONCE = 128;

export interface Opened {
  readonly path: string;
  readonly readOnly: boolean;
}

/** `qcow2:/sr/disk.qcow2`, or `aio:/dev/vg/disk`, or the path alone. */
const pathOf = (params: string): string => params.slice(params.indexOf('/') === -1 ? 0 : params.indexOf('/'));

interface Claim {
  readonly path: string;
  readonly device: string;
  readonly domid: string;
}

/** All that is open in domains but this one. */
const claims = async (store: Xenstore, ownDomid: number | undefined): Promise<readonly Claim[]> => {
  const below = async (path: string, most: number): Promise<readonly string[]> =>
    (await store.list(path, most)).map(name => `${path}/${name}`);
  const domains = (await Promise.all(KINDS.map(kind => below(`${BACKENDS}/${kind}`, MOST_DOMAINS)))).flat();
  const others = domains.filter(path => !path.endsWith(`/${ownDomid}`));
  const devices = (await inTurn(others, AT_ONCE, path => below(path, MOST_DISKS))).flat();
  return inTurn(devices, AT_ONCE, async device => {
    return { path: pathOf((await store.readText(`${device}/params`)) ?? ''), device, domid: device.split('/').at(-2) ?? '' };
  });
};

/** Rejects with `in-use` when another domain has one of these open and either of the two may write. */
export const assertUnused = async (store: Xenstore, ownDomid: number | undefined, disks: readonly Opened[]): Promise<void> => {
  if (disks.length === 0) return;
  const wanted = new Map(disks.map(disk => [disk.path, disk]));
  for (const { path, device, domid } of await claims(store, ownDomid)) {
    const disk = wanted.get(path);
    if (disk === undefined || (disk.readOnly && (await store.readText(`${device}/mode`)) === 'r')) continue;
    // What is left of a domain that is gone holds nothing open.
    if ((await store.read(`/local/domain/${domid}`)) === undefined) continue;
    const name = (await store.readText(`/local/domain/${domid}/name`))?.slice(0, 80) ?? '';
    throw new DriverError('in-use', `the image ${disk.path} is open in domain ${domid} (${name}): end that first`);
  }
};
