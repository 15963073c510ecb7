// The guests of this driver, and what their domains do by themselves.
//
// A domain that shuts down stays, with the reason, until it is seen here: then it is destroyed and the guest is gone, or it rebooted and its successor
// is made, or it crashed and stays as it is. xenstored tells that some domain came or went; one listing of all says which. Domains without a handle
// of ours are somebody else's and never touched.

import { systemClock } from '../../../lib/clock.ts';
import { createLocks } from '../../../lib/locks.ts';
import type { Logger } from '../../../lib/logger.ts';
import { messageOf } from '../../errno.ts';
import { DriverError, type GuestEvent, type GuestStatus } from '../../hypervisor.ts';
import type { QmpGuest, QmpGuests } from '../qmp/guest.ts';
import { createFeatureReader, type ReadFeatures } from './cpu-features.ts';
import { createDomain, destroyDomain } from './domain.ts';
import type { Dom0 } from './dom0.ts';
import { noGuest, XenGuest, type GoneReason } from './guest.ts';
import { isMoving, type Phase, readHandle } from './handle.ts';
import { guestsDirectory, xenPaths } from './paths.ts';
import { createStoreLink, type StoreLink } from './store-link.ts';
import { createLister } from './xl.ts';
import { type Domain, guestStateOf } from './xl-list.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** So long after its QEMU a domain is gone that somebody destroys: the QEMU ends first. */
const DESTROYED_MS = 3_000;
const METRICS_INTERVAL_MS = 2_000;
const MOST_DOMAINS = 4_096;

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
  readonly making = createLocks<string>();
  readonly listDomains: ReturnType<typeof createLister>;
  readonly readFeatures: ReadFeatures;
  readonly #guests = new Map<string, XenGuest>();
  readonly #locks = createLocks<string>();
  readonly #listeners = new Set<(event: GuestEvent) => void>();
  #looking: Promise<void> = Promise.resolve();
  #isLookWanted = false;
  #isClosed = false;

  constructor({ stateDir, dom0, log }: RegistryOptions) {
    this.dom0 = dom0;
    this.stateDir = stateDir;
    this.log = log;
    this.listDomains = createLister(dom0);
    this.readFeatures = createFeatureReader(dom0);
    this.store = createStoreLink(dom0, log, () => this.#look());
  }

  readonly tell = (event: GuestEvent): void => {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  };

  onEvent(listener: (event: GuestEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
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

  /** The number of the domain that has this uuid, without a call of xl; one that is being made or is dying counts. */
  async findDomid(uuid: string): Promise<number | undefined> {
    const store = await this.store.open();
    for (const name of await store.list('/local/domain', MOST_DOMAINS)) {
      if ((await store.readText(`/local/domain/${name}/vm`)) === `/vm/${uuid}`) return Number(name);
    }
    return undefined;
  }

  /** The guest, found on disk if need be; undefined when there is none of this driver. */
  async findGuest(id: string): Promise<XenGuest | undefined> {
    if (!UUID.test(id)) return undefined;
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
    const known = this.#guests.get(id);
    if (known !== undefined) return known;
    const paths = xenPaths(this.stateDir, id);
    const handle = await readHandle(this.dom0, paths);
    if (handle === undefined || handle.spec.id !== id) return undefined;
    const domain = await this.domainOf(id);
    const guest = new XenGuest(this.dom0, paths, handle, domain?.domid ?? 0);
    switch (handle.phase) {
      case 'living':
        if (domain === undefined) return this.#sweep(guest);
        break;
      case 'starting':
        if (domain !== undefined) await destroyDomain(this, domain.domid);
        return this.#sweep(guest);
      case 'restarting':
        this.log.info('a reboot that was interrupted goes on', { guest: id });
        if (domain !== undefined) await destroyDomain(this, domain.domid);
        await createDomain(this, guest, { signal: undefined });
        break;
      case 'suspending':
        // While the domain is there its memory may still be on its way out: what becomes of it is followed.
        if (domain === undefined && !(await this.#takeBackFromSpool(guest))) return this.#sweep(guest);
        break;
      case 'incoming':
        // What brought it ended with the last process, so it never comes.
        if (domain !== undefined) await destroyDomain(this, domain.domid);
        return this.#sweep(guest);
      case 'sending':
      case 'leaving':
      case 'arrived':
        // Whoever moves it says what becomes of it.
        if (domain === undefined) return this.#sweep(guest);
        return this.expect(guest);
      default:
        handle.phase satisfies never;
    }
    if (domain !== undefined && domain.shutdown === undefined && handle.phase === 'living') guest.told = guestStateOf(domain);
    await this.keep(guest);
    return guest;
  }

  /** A suspension was under way and the domain is gone: its memory is in the spool file and comes back from there, if it is whole. */
  async #takeBackFromSpool(guest: XenGuest): Promise<boolean> {
    this.log.info('a suspension that was interrupted is taken back', { guest: guest.id });
    try {
      await createDomain(this, guest, { signal: undefined, memory: guest.paths.spool });
      await this.dom0.remove(guest.paths.spool);
      return true;
    } catch (error) {
      this.log.error('the memory of a guest could not be brought back', { guest: guest.id, error });
      return false;
    }
  }

  async #sweep(guest: XenGuest): Promise<undefined> {
    await this.#removeTraces(guest);
    return undefined;
  }

  /** Under the guest's lock: what is left of one that cannot be read any more and has no domain, as after a power cut. */
  async removeRemains(id: string): Promise<void> {
    if (!UUID.test(id) || (await this.findDomid(id)) !== undefined) return;
    await this.#removeTraces({ paths: xenPaths(this.stateDir, id) });
  }

  async #removeTraces({ paths }: Pick<XenGuest, 'paths'>): Promise<void> {
    await this.dom0.remove(paths.sockets);
    await this.dom0.remove(paths.directory);
  }

  /** From now on the guest is one of this process; what its domain does is left to the move that is under way. */
  async expect(guest: XenGuest): Promise<XenGuest> {
    this.#guests.set(guest.id, guest);
    guest.onQemuSilent = () =>
      void this.endIfDead(guest).catch((error: unknown) =>
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
    void this.#followMetrics(guest, stopped.signal);
  }

  /** Also across the loss of a connection. */
  async #followMetrics(guest: XenGuest, signal: AbortSignal): Promise<void> {
    const paths = [`/local/domain/${guest.domid}/attr`, `/local/domain/${guest.domid}/data`];
    const changed = (): void => this.tell({ kind: 'metrics', id: guest.id });
    while (!signal.aborted && !this.#isClosed) {
      try {
        await this.store.watchCalmly(paths, METRICS_INTERVAL_MS, changed, signal);
      } catch (error) {
        if (!signal.aborted && !this.#isClosed)
          this.log.warn('what a guest says of itself is not heard for now', { guest: guest.id, error: messageOf(error) });
      }
      await systemClock.sleep(METRICS_INTERVAL_MS, { signal }).catch(() => undefined); // the loop looks at the signal
    }
  }

  /** Under the guest's lock: it is gone, its traces go. Tells once. */
  async forget(guest: XenGuest, reason: GoneReason): Promise<void> {
    if (this.#guests.get(guest.id) !== guest) return;
    guest.close();
    await this.#removeTraces(guest);
    this.#guests.delete(guest.id);
    this.tell({ kind: 'gone', id: guest.id, reason });
    guest.gone.resolve(reason);
  }

  tellState(guest: XenGuest, state: GuestStatus['state']): void {
    if (guest.told === state) return;
    guest.told = state;
    this.tell({ kind: 'state', id: guest.id, state });
  }

  /** One look at all domains at a time; what happens meanwhile is looked at next. */
  #look(): void {
    if (this.#isLookWanted || this.#isClosed) return;
    this.#isLookWanted = true;
    this.#looking = this.#looking.then(async () => {
      this.#isLookWanted = false;
      await this.settleAll().catch((error: unknown) => {
        if (!this.#isClosed) this.log.error('the domains could not be looked at', { error: messageOf(error) });
      });
    });
  }

  /** Follows what domains did by themselves; resolves when all that was seen is dealt with. */
  async settleAll(): Promise<void> {
    if (this.#isClosed || this.#guests.size === 0) return;
    const domains = new Map((await this.listDomains()).filter(domain => !domain.isDying).map(domain => [domain.uuid, domain]));
    const restless = [...this.#guests.values()].filter(guest => isRestless(guest, domains.get(guest.id)));
    await Promise.all(
      restless.map(guest =>
        this.locked(guest.id, () => this.#settle(guest, domains.get(guest.id))).catch((error: unknown) =>
          this.log.error('what a domain did could not be followed', { guest: guest.id, error: messageOf(error) }),
        ),
      ),
    );
  }

  /** Under the lock, so that an operation's own doing is found done. A domain that was seen shut down is so for good; all else is looked at anew. */
  async #settle(guest: XenGuest, seen: Domain | undefined): Promise<void> {
    if (this.#guests.get(guest.id) !== guest || this.#isClosed || isMoving(guest.handle.phase)) return;
    const isFinal = seen?.shutdown !== undefined && seen.shutdown !== 'suspend' && seen.domid === guest.domid;
    const domain = isFinal ? seen : await this.domainOf(guest.id);
    if (domain === undefined) return this.#vanished(guest);
    switch (domain.shutdown) {
      case undefined:
      case 'suspend':
      case 'crash':
      case 'watchdog':
        return this.tellState(guest, guestStateOf(domain));
      case 'reboot':
      case 'soft-reset':
        return this.restart(guest, domain.domid);
      case 'poweroff':
      case 'unknown':
        await destroyDomain(this, domain.domid);
        return this.forget(guest, 'shutdown');
      default:
        return domain.shutdown satisfies never;
    }
  }

  /** Under the guest's lock: somebody destroyed the domain, or a suspension that an earlier agent began has come to its end. */
  async #vanished(guest: XenGuest): Promise<void> {
    if (guest.handle.phase === 'suspending') {
      guest.close();
      if (await this.#takeBackFromSpool(guest)) return this.watchMetrics(guest);
    }
    return this.forget(guest, 'destroyed');
  }

  /** Under the guest's lock: a new domain in place of the old one. */
  async restart(guest: XenGuest, domid: number): Promise<void> {
    await guest.enter('restarting');
    guest.close();
    try {
      await destroyDomain(this, domid);
      await createDomain(this, guest, { signal: undefined });
    } catch (error) {
      await this.#giveUp(guest);
      throw error;
    }
    this.watchMetrics(guest);
    guest.told = 'running';
    this.tell({ kind: 'rebooted', id: guest.id });
    guest.hasRebooted();
  }

  /** Under the guest's lock: whatever stands of it goes. */
  async #giveUp(guest: XenGuest): Promise<void> {
    const domid = await this.findDomid(guest.id);
    if (domid !== undefined) await destroyDomain(this, domid);
    await this.forget(guest, 'died');
  }

  /** Without its QEMU a guest has no disks, and never will again: it ends. One that moves is left to whoever moves it. Idempotent. */
  async endIfDead(guest: XenGuest): Promise<void> {
    await this.locked(guest.id, async () => {
      if (this.#guests.get(guest.id) !== guest || this.#isClosed || isMoving(guest.handle.phase)) return;
      if (await guest.hasQemu()) return;
      await systemClock.sleep(DESTROYED_MS);
      const domain = await this.domainOf(guest.id);
      if (this.#isClosed || domain === undefined || domain.shutdown !== undefined) return;
      this.log.error('the QEMU beside a guest has ended, and the guest’s disks with it: the guest is ended', { guest: guest.id });
      await this.#giveUp(guest);
    });
  }

  /** Undefined when it is gone. One that is on its way here has no domain at first. */
  statusOf(guest: XenGuest, domain: Domain | undefined): GuestStatus | undefined {
    const { phase, spec, startedAt, vcpus } = guest.handle;
    if (domain === undefined && phase !== 'incoming') return undefined;
    return {
      id: guest.id,
      state: stateIn(phase, domain),
      domid: domain?.domid ?? 0,
      startedAt: new Date(startedAt),
      // What it was asked to have: a guest that boots switches all on before it looks.
      vcpus,
      memoryBytes: domain?.memoryBytes ?? spec.memoryTargetBytes,
    };
  }

  /** Of a domain that was made just now. */
  startedStatus(guest: XenGuest, state: 'paused' | 'running'): GuestStatus {
    const { spec, startedAt, vcpus } = guest.handle;
    return { id: guest.id, state, domid: guest.domid, startedAt: new Date(startedAt), vcpus, memoryBytes: spec.memoryTargetBytes };
  }

  /** Lets go of every guest without touching it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const guest of this.#guests.values()) guest.close();
    this.store.close();
    await this.#looking;
    this.#guests.clear();
    this.#listeners.clear();
  }
}

const isRestless = (guest: XenGuest, domain: Domain | undefined): boolean =>
  !isMoving(guest.handle.phase) && (domain === undefined || domain.shutdown !== undefined || guestStateOf(domain) !== guest.told);

/** A move stops the guest for its last pages; until all is sent it is still this host's. */
const stateIn = (phase: Phase, domain: Domain | undefined): GuestStatus['state'] => {
  if (domain === undefined || phase === 'incoming') return 'incoming';
  return phase === 'sending' && domain.shutdown === 'suspend' ? 'paused' : guestStateOf(domain);
};

/** For operations that need a guest which runs or waits. */
export const requireState = (domain: Domain, wanted: readonly GuestStatus['state'][], action: string): void => {
  const state = guestStateOf(domain);
  if (domain.shutdown === undefined ? wanted.includes(state) : state === 'crashed' && wanted.includes(state)) return;
  const told = domain.shutdown === undefined || state === 'crashed' ? state : 'shutting down';
  throw new DriverError('bad-state', `${action}: the guest is ${told}`, { details: { state: told } });
};
