// The driver's one connection to xenstored: made when first used, made again when it was lost.

import { systemClock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { DriverError } from '../../hypervisor.ts';
import type { Dom0 } from './dom0.ts';
import { Xenstore } from './xenstore.ts';

const SOCKETS = ['/run/xenstored/socket', '/var/run/xenstored/socket'] as const;
const CONNECT_MS = 10_000;
const AGAIN_MS = 1_000;

export interface StoreLink {
  /** The connection, with the watch on domains that end set. */
  open(): Promise<Xenstore>;
  /**
   * Calls `listener` at once and after something below one of `paths` changed: once for all that happens within `intervalMs`, since a guest may write
   * as often as it likes. Meanwhile nothing is watched. Ends with the signal, or with the connection.
   */
  watchCalmly(paths: readonly string[], intervalMs: number, listener: () => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** `onDomains` is called when a domain went or shut down, and after each reconnection. */
export const createStoreLink = (dom0: Dom0, log: Logger, onDomains: () => void): StoreLink => {
  const closing = new AbortController();
  let current: Promise<Xenstore> | undefined;

  const connect = async (): Promise<Xenstore> => {
    const limit = AbortSignal.any([AbortSignal.timeout(CONNECT_MS), closing.signal]);
    let failure: unknown;
    for (const path of SOCKETS) {
      try {
        const store = new Xenstore(await dom0.connect(path, limit));
        await store.watch('@releaseDomain', onDomains);
        return store;
      } catch (error) {
        failure = error;
      }
    }
    throw new DriverError('unreachable', 'xenstored does not answer: is this the control domain of a Xen host?', { cause: failure });
  };

  const open = (): Promise<Xenstore> => {
    closing.signal.throwIfAborted();
    if (current !== undefined) return current;
    const connecting = connect();
    current = connecting;
    const forget = (): void => {
      if (current === connecting) current = undefined;
    };
    connecting.then(store => {
      void store.closed.then(() => {
        forget();
        if (!closing.signal.aborted) void reconnect();
      });
    }, forget);
    return connecting;
  };

  /** Domains may come and go unseen meanwhile: so it is tried until it succeeds. */
  const reconnect = async (): Promise<void> => {
    log.warn('the connection to xenstored has ended; connecting again');
    while (!closing.signal.aborted) {
      try {
        await systemClock.sleep(AGAIN_MS, { signal: closing.signal });
        await open();
        return;
      } catch (error) {
        if (!closing.signal.aborted) log.warn('xenstored does not answer yet', { error });
      }
    }
  };

  return {
    open,
    async watchCalmly(paths, intervalMs, listener, signal) {
      const both = AbortSignal.any([signal, closing.signal]);
      try {
        const store = await open();
        // Armed before it is told, so that what is written while the listener reads is a change of its own.
        for (;;) {
          const { changed, disarm } = await arm(store, paths, both);
          try {
            listener();
            await changed;
          } finally {
            if (!both.aborted) await disarm();
          }
          await systemClock.sleep(intervalMs, { signal: both });
        }
      } catch (error) {
        if (!both.aborted) throw error;
      }
    },
    close() {
      closing.abort(new DriverError('cancelled', 'the driver is closed'));
      void current?.then(
        store => store.close(),
        () => undefined,
      );
    },
  };
};

interface Armed {
  readonly changed: Promise<void>;
  readonly disarm: () => Promise<void>;
}

/** Watches until the first change. That each watch fires once when it is set is no change. */
const arm = async (store: Xenstore, paths: readonly string[], signal: AbortSignal): Promise<Armed> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  void store.closed.then(() => reject(new DriverError('unreachable', 'the connection to xenstored has ended')));
  const stops: (() => Promise<void>)[] = [];
  for (const path of paths) {
    let isFirst = true;
    const changed = (): void => {
      if (!isFirst) resolve();
      isFirst = false;
    };
    stops.push(await store.watch(path, changed));
  }
  const disarm = async (): Promise<void> => {
    signal.removeEventListener('abort', onAbort);
    for (const stop of stops) await stop();
  };
  return { changed: promise, disarm };
};
