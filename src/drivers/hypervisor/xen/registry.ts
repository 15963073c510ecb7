// The guests of this driver that this process knows, and what all that works on them shares: the lock of each, the listing of domains, the store.
// Domains without a handle of ours are somebody else's and never touched.

import { inTurn } from '../../../lib/in-turn.ts';
import { createLocks } from '../../../lib/locks.ts';
import type { Logger } from '../../../lib/logger.ts';
import { messageOf } from '../../errno.ts';
import type { GuestEvent, GuestStatus } from '../../hypervisor.ts';
import type { QmpGuest, QmpGuests } from '../qmp/guest.ts';
import { createFeatureReader, type ReadFeatures } from './cpu-features.ts';
import type { Dom0 } from './dom0.ts';
import { Follower } from './follower.ts';
import { noGuest, type XenGuest, type GoneReason } from './guest.ts';
import { followMetrics } from './metrics.ts';
import { guestsDirectory, isGuestId } from './paths.ts';
import { recover, removeTraces } from './recovery.ts';
import { createStoreLink, type StoreLink } from './store-link.ts';
import { createLister } from './xl.ts';
import type { Domain } from './xl-list.ts';

const MOST_DOMAINS = 4_096;
/** Questions to the store at a time. */
const ASKED_AT_ONCE = 128;

export interface RegistryOptions {
  readonly stateDir: string;
  readonly dom0: Dom0;
  readonly log: Logger;
}

export class XenRegistry implements QmpGuests {
  readonly dom0: Dom0;
  readonly stateDir: string;
  readonly log: Logger;
  readonly store: StoreLink;
  readonly turns = createLocks<string>();
  readonly listDomains: ReturnType<typeof createLister>;
  readonly readFeatures: ReadFeatures;
  readonly follower = new Follower(this);
  readonly #guests = new Map<string, XenGuest>();
  readonly #locks = createLocks<string>();
  readonly #listeners = new Set<(event: GuestEvent) => void>();
  #isClosed = false;

  constructor({ stateDir, dom0, log }: RegistryOptions) {
    this.dom0 = dom0;
    this.stateDir = stateDir;
    this.log = log;
    this.listDomains = createLister(dom0);
    this.readFeatures = createFeatureReader(dom0);
    this.store = createStoreLink(dom0, log, () => this.follower.look());
  }

  readonly tell = (event: GuestEvent): void => {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  };

  onEvent(listener: (event: GuestEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Those that this process has taken up so far. */
  get guests(): readonly XenGuest[] {
    return [...this.#guests.values()];
  }

  /** Whether it is still this guest that this process has. */
  has(guest: XenGuest): boolean {
    return !this.#isClosed && this.#guests.get(guest.id) === guest;
  }

  /** Runs `work` alone among all that changes this guest's domain. */
  async locked<T>(id: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.#locks.acquire([id], id, { signal });
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** The guest's domain, unless it is on its way out. */
  async domainOf(id: string, signal?: AbortSignal): Promise<Domain | undefined> {
    return (await this.listDomains(signal)).find(domain => domain.uuid === id && !domain.isDying);
  }

  /** The number of the domain that has this uuid, without a call of xl; one that is being made or is dying counts. `likely` is looked at first. */
  async findDomid(uuid: string, likely = 0): Promise<number | undefined> {
    const store = await this.store.open();
    const isIt = async (domid: number): Promise<boolean> => (await store.readText(`/local/domain/${domid}/vm`)) === `/vm/${uuid}`;
    if (likely > 0 && (await isIt(likely))) return likely;
    // Each domain has this node as long as it has its own: where many run, most questions end here.
    if ((await store.read(`/vm/${uuid}`)) === undefined) return undefined;
    const domids = (await store.list('/local/domain', MOST_DOMAINS)).map(Number);
    const place = (await inTurn(domids, ASKED_AT_ONCE, isIt)).indexOf(true);
    return domids[place];
  }

  /** The guest, found on disk if need be; undefined when there is none of this driver. */
  async findGuest(id: string): Promise<XenGuest | undefined> {
    if (!isGuestId(id)) return undefined;
    return this.#guests.get(id) ?? this.locked(id, () => this.recover(id));
  }

  async getGuest(id: string): Promise<XenGuest> {
    const guest = await this.findGuest(id);
    if (guest === undefined) throw noGuest(id);
    return guest;
  }

  async find(id: string): Promise<QmpGuest | undefined> {
    return (await this.findGuest(id))?.qmp();
  }

  async get(id: string): Promise<QmpGuest> {
    return (await this.getGuest(id)).qmp();
  }

  async all(): Promise<readonly XenGuest[]> {
    const onDisk = await this.dom0.list(guestsDirectory(this.stateDir));
    const guests = await Promise.all([...new Set([...onDisk, ...this.#guests.keys()])].map(id => this.#findOrReport(id)));
    return guests.filter(guest => guest !== undefined);
  }

  async #findOrReport(id: string): Promise<XenGuest | undefined> {
    try {
      return await this.findGuest(id);
    } catch (error) {
      this.log.error('a guest of this host cannot be read', { guest: id, error });
      return undefined;
    }
  }

  /** Under the guest's lock. What an earlier process left half done is ended or brought back. */
  async recover(id: string): Promise<XenGuest | undefined> {
    return this.#guests.get(id) ?? recover(this, id);
  }

  /** From now on the guest is one of this process; what its domain does is left to the move that is under way. */
  async expect(guest: XenGuest): Promise<XenGuest> {
    this.#guests.set(guest.id, guest);
    guest.onQemuSilent = () =>
      void this.follower
        .endIfDead(guest)
        .catch((error: unknown) =>
          this.log.error('whether a guest still has its QEMU could not be found out', { guest: guest.id, error: messageOf(error) }),
        );
    await this.store.open();
    return guest;
  }

  /** From now on the guest is one of this process; its domain is watched. */
  async keep(guest: XenGuest): Promise<void> {
    await this.expect(guest);
    this.watchMetrics(guest);
  }

  /** Tells when the guest says something of itself, at most every few seconds, however often it writes. */
  watchMetrics(guest: XenGuest): void {
    guest.stopWatching();
    const stopped = new AbortController();
    guest.stopWatching = () => stopped.abort();
    void followMetrics(this, guest, stopped.signal);
  }

  /** Under the guest's lock: it is gone, its traces go. Tells once. */
  async forget(guest: XenGuest, reason: GoneReason): Promise<void> {
    if (this.#guests.get(guest.id) !== guest) return;
    guest.close();
    await removeTraces(this, guest);
    this.#guests.delete(guest.id);
    this.tell({ kind: 'gone', id: guest.id, reason });
    guest.gone.resolve(reason);
  }

  tellState(guest: XenGuest, state: GuestStatus['state']): void {
    if (guest.told === state) return;
    guest.told = state;
    this.tell({ kind: 'state', id: guest.id, state });
  }

  /** Lets go of every guest without touching it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const guest of this.#guests.values()) guest.close();
    this.store.close();
    await this.follower.idle();
    this.#guests.clear();
    this.#listeners.clear();
  }
}
