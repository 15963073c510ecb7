// Starting, stopping and asking guests. A guest is asked through its node in xenstore, which it clears when it has heard.

import { systemClock } from '../../../lib/clock.ts';
import { untilAborted } from '../../../lib/until-aborted.ts';
import { DriverError, type GuestSpec, type GuestStatus, type HypervisorDriver } from '../../hypervisor.ts';
import { xlConfig } from './config.ts';
import { masksOf } from './cpu-features.ts';
import { createDomain, destroyDomain, unpauseDomain } from './domain.ts';
import { noGuest, XenGuest } from './guest.ts';
import { requireState, startedStatus } from './guest-status.ts';
import { isMoving, makeHandle, writeHandle } from './handle.ts';
import { giveVerdict } from './migration/conduit.ts';
import { isGuestId, xenPaths } from './paths.ts';
import { removeRemains } from './recovery.ts';
import type { XenRegistry } from './registry.ts';
import { runXl } from './xl.ts';
import type { Domain } from './xl-list.ts';

const ASK_AGAIN_MS = 3_000;

export type Power = Pick<HypervisorDriver, 'start' | 'pause' | 'unpause' | 'shutdown' | 'reboot' | 'reset' | 'destroy'>;

export interface StartOptions {
  readonly paused: boolean;
  readonly signal: AbortSignal;
  /** A file of `xl save` to go on from, instead of booting. */
  readonly memory?: string;
}

export type StartFrom = (spec: GuestSpec, options: StartOptions) => Promise<GuestStatus>;

const liveDomain = async (registry: XenRegistry, id: string): Promise<Domain> => {
  const domain = await registry.domainOf(id);
  if (domain === undefined) throw noGuest(id);
  return domain;
};

export const createPower = (registry: XenRegistry): { readonly power: Power; readonly startFrom: StartFrom } => {
  const { dom0 } = registry;

  const startLocked = async (spec: GuestSpec, options: StartOptions): Promise<GuestStatus> => {
    const { signal } = options;
    if ((await registry.recover(spec.id)) !== undefined) throw new DriverError('exists', `guest ${spec.id} exists already`);
    if ((await registry.findDomid(spec.id)) !== undefined) {
      throw new DriverError('exists', `a domain with the uuid ${spec.id} exists already that was not started by this host’s agent`);
    }
    const paths = xenPaths(registry.stateDir, spec.id);
    const guest = new XenGuest(dom0, paths, makeHandle(spec), 0);
    // Refuses what cannot be before anything is written.
    xlConfig(spec, paths, options.memory === undefined ? await masksOf(spec, registry.readFeatures) : []);
    signal.throwIfAborted();
    await dom0.makeDirectory(paths.directory);
    await dom0.makeDirectory(paths.sockets);
    try {
      await writeHandle(dom0, paths, guest.handle);
      await createDomain(registry, guest, options);
      guest.told = options.paused ? 'paused' : 'running';
      await registry.keep(guest);
      return startedStatus(guest, options.paused ? 'paused' : 'running');
    } catch (error) {
      await undo(guest);
      throw error;
    }
  };

  const undo = async (guest: XenGuest): Promise<void> => {
    guest.close();
    const domid = await registry.findDomid(guest.id, guest.domid);
    if (domid !== undefined) await destroyDomain(registry, domid);
    await registry.forget(guest, 'destroyed');
    await dom0.remove(guest.paths.directory);
  };

  const startFrom: StartFrom = (spec, options) => {
    if (!isGuestId(spec.id)) return Promise.reject(new DriverError('bad-config', `a guest's id is a uuid, not ${spec.id}`));
    return registry.locked(spec.id, () => startLocked(spec, options), options.signal);
  };

  /** Asks again while the guest has not reacted and its node is clear: one that only begins to boot clears it without an ear for it. */
  const asking = async <T>(guest: XenGuest, word: 'poweroff' | 'reboot', reaction: Promise<T>, signal: AbortSignal): Promise<T> => {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const node = `/local/domain/${guest.domid}/control/shutdown`;
    const repeat = async (): Promise<never> => {
      const store = await registry.store.open();
      for (;;) {
        if (((await store.readText(node)) ?? '') === '') await store.write(node, word);
        await systemClock.sleep(ASK_AGAIN_MS, { signal: stop });
      }
    };
    const repeated = repeat();
    repeated.catch(() => undefined); // once the guest has reacted, nobody waits for it
    try {
      return await untilAborted(Promise.race([reaction, repeated]), signal);
    } finally {
      done.abort(new DriverError('cancelled', 'the guest has reacted'));
    }
  };

  const askable = async (id: string, action: string): Promise<XenGuest> => {
    const guest = await registry.getGuest(id);
    const domain = await liveDomain(registry, id);
    requireState(domain, ['running'], action);
    guest.domid = domain.domid;
    return guest;
  };

  const power: Power = {
    start: startFrom,

    async pause(id) {
      const guest = await registry.getGuest(id);
      await registry.locked(id, async () => {
        const domain = await liveDomain(registry, id);
        requireState(domain, ['running', 'paused'], 'pause');
        if (!domain.isPaused) await runXl(dom0, ['pause', String(domain.domid)], { tried: 'pausing the guest' });
        registry.tellState(guest, 'paused');
      });
    },

    async unpause(id) {
      const guest = await registry.getGuest(id);
      await registry.locked(id, async () => {
        requireState(await liveDomain(registry, id), ['running', 'paused'], 'unpause');
        await unpauseDomain(registry, guest);
        registry.tellState(guest, 'running');
      });
    },

    async shutdown(id, { signal }) {
      const guest = await askable(id, 'shutdown');
      await asking(guest, 'poweroff', guest.gone.promise, signal);
    },

    async reboot(id, { signal }) {
      const guest = await askable(id, 'reboot');
      const ended = guest.gone.promise.then(() => {
        throw new DriverError('guest-refused', 'the guest powered off instead of rebooting');
      });
      await asking(guest, 'reboot', Promise.race([guest.rebooted, ended]), signal);
    },

    async reset(id) {
      const guest = await registry.getGuest(id);
      await registry.locked(id, async () => {
        const domain = await liveDomain(registry, id);
        requireState(domain, ['running', 'paused', 'crashed'], 'reset');
        await registry.follower.restart(guest, domain.domid);
      });
    },

    async destroy(id) {
      const guest = await registry.findGuest(id);
      if (guest === undefined) return await registry.locked(id, () => removeRemains(registry, id));
      await registry.locked(id, async () => {
        // xl, which may wait for a word on a guest that it sent away, must not let it go on.
        if (isMoving(guest.handle.phase)) await giveVerdict(dom0, guest, 'gone');
        await guest.endMove();
        const domid = await registry.findDomid(id, guest.domid);
        if (domid !== undefined) await destroyDomain(registry, domid);
        await registry.forget(guest, 'destroyed');
      });
    },
  };
  return { power, startFrom };
};
