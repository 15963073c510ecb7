// Making and ending domains with xl. Under the guest's lock.

import type { Locks } from '../../../lib/locks.ts';
import { DriverError, type GuestSpec } from '../../hypervisor.ts';
import { assertUnused, type Opened } from './claims.ts';
import { xlConfig } from './config.ts';
import { masksOf, type ReadFeatures } from './cpu-features.ts';
import { isReadOnly } from './disks.ts';
import type { Dom0 } from './dom0.ts';
import type { XenGuest } from './guest.ts';
import { showDisks, unseenDisks } from './read-only.ts';
import type { StoreLink } from './store-link.ts';
import { installVifScript } from './vif-script.ts';
import { runXl } from './xl.ts';
import type { Domain } from './xl-list.ts';

const CREATE_MS = 240_000;
const DESTROY_MS = 120_000;
const MOST_PAUSES = 16;

/** The key of the turn to make a domain. */
export const MAKING = 'making';
/** So many are ended at a time: each keeps the store busy, and more of them would be no quicker, but keep all else from it. */
const MOST_ENDINGS = 4;

export interface Domains {
  readonly dom0: Dom0;
  readonly readFeatures: ReadFeatures;
  readonly store: Pick<StoreLink, 'open'>;
  /** xl makes one domain at a time on a host, and ends a few: whoever waits for its turn waits here, where no time limit runs. */
  readonly turns: Locks<string>;
  domainOf(id: string): Promise<Domain | undefined>;
  findDomid(id: string): Promise<number | undefined>;
}

export interface CreateOptions {
  readonly signal: AbortSignal | undefined;
  /** Left waiting; else it runs when this resolves. */
  readonly paused?: boolean;
  /** A file of `xl save`: the guest goes on from there instead of booting. */
  readonly memory?: string;
}

/** The images that a domain of this specification opens. */
export const imagesOf = ({ disks }: Pick<GuestSpec, 'disks'>): readonly Opened[] =>
  disks.flatMap(disk => (disk.source === undefined ? [] : [{ path: disk.source.path, readOnly: isReadOnly(disk) }]));

/**
 * Makes the guest's domain, from its specification as it is now, and takes hold of its QEMU. xl does not stay behind to wait for the domain's
 * end: that is this driver's business. On failure the caller looks for what is left.
 */
export const createDomain = async (domains: Domains, guest: XenGuest, options: CreateOptions): Promise<void> => {
  const { dom0 } = domains;
  const { paths, handle } = guest;
  const cpuid = options.memory === undefined ? await masksOf(handle.spec, domains.readFeatures) : [];
  await dom0.writeText(paths.config, xlConfig(handle.spec, paths, cpuid), 0o600);
  await installVifScript(dom0, paths);
  const [command, more, tried] =
    options.memory === undefined
      ? (['create', [], 'creating the guest’s domain'] as const)
      : (['restore', [options.memory], 'bringing the guest’s memory back'] as const);
  const { signal } = options;
  // A guest that went on from its memory and is taken back after all would have written to its disks; one that boots may be cut off.
  const unseen = unseenDisks(handle.spec, guest.kind);
  const waits = options.paused === true || options.memory !== undefined || unseen.length > 0;
  const done = await domains.turns.acquire([MAKING], guest.id, { signal });
  try {
    // In turn, so that of two guests that want one image the second sees the first.
    await assertUnused(await domains.store.open(), undefined, imagesOf(handle.spec));
    await runXl(dom0, [command, ...(waits ? ['-p'] : []), '-e', paths.config, ...more], { tried, limitMs: CREATE_MS, signal });
  } finally {
    done();
  }
  const domid = await domains.findDomid(guest.id);
  if (domid === undefined) throw new DriverError('failed', 'the guest’s domain went as soon as it was made');
  guest.domid = domid;
  await guest.monitor();
  options.signal?.throwIfAborted();
  await guest.begin();
  if (unseen.length > 0) await showDisks(await domains.store.open(), domid, unseen);
  if (waits && options.paused !== true) await runXl(dom0, ['unpause', String(domid)], { tried: 'letting the guest go' });
};

/** Idempotent. */
export const destroyDomain = async ({ dom0, turns }: Pick<Domains, 'dom0' | 'turns'>, domid: number): Promise<void> => {
  const done = await turns.acquire([`ending-${domid % MOST_ENDINGS}`], String(domid));
  try {
    await runXl(dom0, ['destroy', String(domid)], { tried: 'ending the guest’s domain', limitMs: DESTROY_MS });
  } catch (error) {
    if (!isGone(error)) throw error;
  } finally {
    done();
  }
};

const isGone = (error: unknown): boolean => typeof error === 'object' && error !== null && 'kind' in error && error.kind === 'not-found';

/** Xen counts pauses, also those of others: as many are taken back as it takes. */
export const unpauseDomain = async (domains: Domains, guest: XenGuest): Promise<void> => {
  for (let pauses = 0; pauses < MOST_PAUSES; pauses++) {
    const domain = await domains.domainOf(guest.id);
    if (domain === undefined || !domain.isPaused) return;
    await runXl(domains.dom0, ['unpause', String(domain.domid)], { tried: 'letting the guest go on' });
  }
};
