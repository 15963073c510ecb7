// What domains do by themselves, followed.
//
// A domain that shuts down stays, with the reason, until it is seen here: then it is destroyed and the guest is gone, or it rebooted and its successor
// is made, or it crashed and stays as it is. xenstored tells that some domain came or went; one listing of all says which. Domains without a handle
// of ours are somebody else's and never touched.

import { systemClock } from '../../../lib/clock.ts';
import { messageOf } from '../../errno.ts';
import { createDomain, destroyDomain } from './domain.ts';
import type { XenGuest } from './guest.ts';
import { isRestless } from './guest-status.ts';
import { isMoving } from './handle.ts';
import { takeBackFromSpool } from './recovery.ts';
import type { XenRegistry } from './registry.ts';
import { type Domain, guestStateOf } from './xl-list.ts';

/** So long after its QEMU a domain is gone that somebody destroys: the QEMU ends first. */
const DESTROYED_MS = 3_000;

export class Follower {
  readonly #registry: XenRegistry;
  #looking: Promise<void> = Promise.resolve();
  #isLookWanted = false;

  constructor(registry: XenRegistry) {
    this.#registry = registry;
  }

  /** One look at all domains at a time; what happens meanwhile is looked at next. */
  look(): void {
    const registry = this.#registry;
    if (this.#isLookWanted || registry.isClosed) return;
    this.#isLookWanted = true;
    this.#looking = this.#looking.then(async () => {
      this.#isLookWanted = false;
      await this.settleAll().catch((error: unknown) => {
        if (!registry.isClosed) registry.log.error('the domains could not be looked at', { error: messageOf(error) });
      });
    });
  }

  /** Resolves when no look is under way. */
  idle(): Promise<void> {
    return this.#looking;
  }

  /** Resolves when all that was seen is dealt with. */
  async settleAll(): Promise<void> {
    const registry = this.#registry;
    if (registry.isClosed || registry.guests.length === 0) return;
    const domains = new Map((await registry.listDomains()).filter(domain => !domain.isDying).map(domain => [domain.uuid, domain]));
    const restless = registry.guests.filter(guest => isRestless(guest, domains.get(guest.id)));
    await Promise.all(
      restless.map(guest =>
        registry
          .locked(guest.id, () => this.#settle(guest, domains.get(guest.id)))
          .catch((error: unknown) =>
            registry.log.error('what a domain did could not be followed', { guest: guest.id, error: messageOf(error) }),
          ),
      ),
    );
  }

  /** Under the lock, so that an operation's own doing is found done. A domain that was seen shut down is so for good; all else is looked at anew. */
  async #settle(guest: XenGuest, seen: Domain | undefined): Promise<void> {
    const registry = this.#registry;
    if (!registry.has(guest) || isMoving(guest.handle.phase)) return;
    const isFinal = seen?.shutdown !== undefined && seen.shutdown !== 'suspend' && seen.domid === guest.domid;
    const domain = isFinal ? seen : await registry.domainOf(guest.id);
    if (domain === undefined) return this.#vanished(guest);
    switch (domain.shutdown) {
      case undefined:
      case 'suspend':
      case 'crash':
      case 'watchdog':
        return registry.tellState(guest, guestStateOf(domain));
      case 'reboot':
      case 'soft-reset':
        return this.restart(guest, domain.domid);
      case 'poweroff':
      case 'unknown':
        await destroyDomain(registry, domain.domid);
        return registry.forget(guest, 'shutdown');
      default:
        return domain.shutdown satisfies never;
    }
  }

  /** Under the guest's lock: somebody destroyed the domain, or a suspension that an earlier agent began has come to its end. */
  async #vanished(guest: XenGuest): Promise<void> {
    if (guest.handle.phase === 'suspending') {
      guest.close();
      if (await takeBackFromSpool(this.#registry, guest)) return this.#registry.watchMetrics(guest);
    }
    return this.#registry.forget(guest, 'destroyed');
  }

  /** Under the guest's lock: a new domain in place of the old one. */
  async restart(guest: XenGuest, domid: number): Promise<void> {
    const registry = this.#registry;
    await guest.enter('restarting');
    guest.close();
    try {
      await destroyDomain(registry, domid);
      await createDomain(registry, guest, { signal: undefined });
    } catch (error) {
      await this.#giveUp(guest);
      throw error;
    }
    registry.watchMetrics(guest);
    guest.told = 'running';
    registry.tell({ kind: 'rebooted', id: guest.id });
    guest.hasRebooted();
  }

  /** Under the guest's lock: whatever stands of it goes. */
  async #giveUp(guest: XenGuest): Promise<void> {
    const domid = await this.#registry.findDomid(guest.id, guest.domid);
    if (domid !== undefined) await destroyDomain(this.#registry, domid);
    await this.#registry.forget(guest, 'died');
  }

  /** Without its QEMU a guest has no disks, and never will again: it ends. One that moves is left to whoever moves it. Idempotent. */
  async endIfDead(guest: XenGuest): Promise<void> {
    const registry = this.#registry;
    await registry.locked(guest.id, async () => {
      if (!registry.has(guest) || isMoving(guest.handle.phase)) return;
      if (await guest.hasQemu()) return;
      await systemClock.sleep(DESTROYED_MS);
      const domain = await registry.domainOf(guest.id);
      if (registry.isClosed || domain === undefined || domain.shutdown !== undefined) return;
      registry.log.error('the QEMU beside a guest has ended, and the guest’s disks with it: the guest is ended', { guest: guest.id });
      await this.#giveUp(guest);
    });
  }
}
