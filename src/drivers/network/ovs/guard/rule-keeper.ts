// Keeps the rules of the guard bridge: told what should pass, it makes the difference in one atomic bundle; and when the switch was
// restarted, which drops all rules, it writes the whole table again by itself.
//
//   no session ──the bridge's socket answers──► rules unknown ──whole bundle──► rules known ──change bundles──► …
//        ▲─────────────────────── the session ends (the switch or the bridge is gone) ◄──────┘
//
// A VIF that is about to lose its ports is told to `leave` first: its rules are gone before its numbers can be another's.

import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Clock, systemClock } from '../../../../lib/clock.ts';
import type { Logger } from '../../../../lib/logger.ts';
import { backoffMs, type Backoff, retry } from '../../../../lib/retry.ts';
import { errnoOf, messageOf } from '../../../errno.ts';
import { DriverError } from '../../../hypervisor.ts';
import { runTool } from '../../../tool.ts';
import { gather, type Settled } from '../../gather.ts';
import { changeBundle, type GuardedPorts, wholeBundle } from '../flows/bundle.ts';
import { GuardSession } from './session.ts';

const sessionTimeoutMs = 10_000;
const retryBackoff: Backoff = { firstMs: 200, maxMs: 10_000, factor: 2, jitter: 0 };
/** Between looks for the switch: it tells of its return, but not in every case. */
const lookBackoff: Backoff = { firstMs: 10, maxMs: 500, factor: 2, jitter: 0 };

export interface RuleKeeperOptions {
  /** Of the guard bridge's OpenFlow socket. */
  readonly socketPath: string;
  readonly log: Logger;
  readonly clock?: Clock;
}

export class RuleKeeper {
  readonly #options: RuleKeeperOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  readonly #settle: (item: undefined) => Promise<void>;
  readonly #leaving = new Set<string>();
  /** Rules that may be on the switch; undefined while that is unknown. */
  #installed: GuardedPorts | undefined;
  #wanted: GuardedPorts = new Map();
  #session: GuardSession | undefined;
  /** Settled when there is a session. */
  #standing = Promise.withResolvers<void>();
  #following = false;
  #retrying = false;

  constructor(options: RuleKeeperOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#settle = gather(items => this.#round().then(() => items.map((): Settled<void> => ({ ok: true, value: undefined }))));
  }

  /** OpenFlow numbers that rules on the switch may name. */
  get named(): ReadonlySet<number> {
    return new Set([...(this.#installed?.values() ?? []), ...this.#wanted.values()].map(({ tap }) => tap));
  }

  /** What should pass from now on, whole. Resolves when it is so. Rejects with a DriverError; it is tried again until it works. */
  async want(ports: GuardedPorts): Promise<void> {
    this.#wanted = ports;
    for (const vifId of this.#leaving) if (!ports.has(vifId)) this.#leaving.delete(vifId);
    if (ports.size > 0) this.#follow();
    await this.#settle(undefined);
  }

  /** The rules of these VIFs are gone, and stay away until their ports are gone too, or `stay` is said. */
  async leave(vifIds: readonly string[]): Promise<void> {
    for (const vifId of vifIds) this.#leaving.add(vifId);
    await this.#settle(undefined);
  }

  /** Those that were told to leave did not. */
  stay(vifIds: readonly string[]): void {
    for (const vifId of vifIds) this.#leaving.delete(vifId);
  }

  close(): void {
    this.#closing.abort(new DriverError('failed', 'the network driver is closed'));
    this.#session?.close();
  }

  /** One round: from what is on the switch to what should be. */
  async #round(): Promise<void> {
    const wanted = new Map([...this.#wanted].filter(([vifId]) => !this.#leaving.has(vifId)));
    const isUnknown = this.#installed === undefined;
    // Without ports there is no bridge to speak to, nor rules on it.
    if (this.#wanted.size === 0 && (this.#session === undefined || isUnknown)) return;
    const session = await this.#whenStanding();
    const lines = this.#installed === undefined ? wholeBundle(wanted) : changeBundle(this.#installed, wanted);
    if (lines.length === 0) return;
    this.#installed = undefined;
    try {
      await runTool('ovs-ofctl', ['--no-names', '--bundle', 'add-flows', `unix:${this.#options.socketPath}`, '-'], {
        input: `${lines.join('\n')}\n`,
      });
    } catch (error) {
      this.#tryAgain();
      throw new DriverError('failed', `the rules of locked VIFs could not be written, nothing passes there: ${messageOf(error)}`, {
        cause: error,
      });
    }
    if (this.#session === session) this.#installed = wanted;
  }

  #tryAgain(): void {
    if (this.#retrying) return;
    this.#retrying = true;
    const { signal } = this.#closing;
    // The first try only comes after a wait: what failed just now would fail again.
    const again = async (): Promise<void> => {
      await this.#clock.sleep(retryBackoff.firstMs, { signal });
      await retry(() => this.#settle(undefined), { backoff: retryBackoff, clock: this.#clock, signal });
    };
    again()
      .catch((error: unknown) => this.#options.log.debug('the rules of locked VIFs are not tried again', { error }))
      .finally(() => {
        this.#retrying = false;
      });
  }

  async #whenStanding(): Promise<GuardSession> {
    if (this.#session === undefined) {
      const late = new AbortController();
      const timeout = this.#clock.sleep(sessionTimeoutMs, { signal: AbortSignal.any([late.signal, this.#closing.signal]) }).then(
        () => false,
        () => false,
      );
      const stands = await Promise.race([this.#standing.promise.then(() => true), timeout]);
      late.abort();
      if (!stands) this.#closing.signal.throwIfAborted();
    }
    if (this.#session === undefined)
      throw new DriverError('timeout', "the switch's guard bridge does not answer: nothing passes a locked VIF; is ovs-vswitchd running?");
    return this.#session;
  }

  /** Keeps a session as long as there is something to guard. */
  #follow(): void {
    if (this.#following || this.#closing.signal.aborted) return;
    this.#following = true;
    this.#sessions().then(
      () => {
        this.#following = false;
      },
      error => {
        this.#following = false;
        if (!this.#closing.signal.aborted) this.#options.log.error('the rules of locked VIFs are no longer kept', { error });
      },
    );
  }

  async #sessions(): Promise<void> {
    let sinceMs: number | undefined;
    while (this.#wanted.size > 0 && !this.#closing.signal.aborted) {
      const session = await this.#found();
      if (session === undefined) continue;
      this.#session = session;
      this.#installed = undefined;
      this.#standing.resolve();
      await this.#restore(sinceMs);
      await session.closed;
      this.#session = undefined;
      this.#installed = undefined;
      this.#standing = Promise.withResolvers();
      sinceMs = this.#clock.now();
    }
  }

  /** `sinceMs`: when the last session ended, if there was one. */
  async #restore(sinceMs: number | undefined): Promise<void> {
    const backMs = this.#clock.now();
    try {
      await this.#settle(undefined);
      if (sinceMs === undefined) return;
      const nowMs = this.#clock.now();
      const times = { switchAwayMs: backMs - sinceMs, rulesWrittenInMs: nowMs - backMs };
      this.#options.log.info('the switch was restarted; locked VIFs have their rules again', times);
    } catch (error) {
      this.#options.log.error('the rules of locked VIFs could not be restored yet; nothing passes there', { error });
    }
  }

  /** A session, as soon as the switch has the guard bridge; undefined when there is nothing to guard any more. */
  async #found(): Promise<GuardSession | undefined> {
    const { socketPath } = this.#options;
    const signal = this.#closing.signal;
    let touched = Promise.withResolvers<void>();
    let failures = 0;
    const watcher = watchFile(socketPath, () => {
      failures = 0;
      touched.resolve();
    });
    try {
      while (this.#wanted.size > 0 && !signal.aborted) {
        touched = Promise.withResolvers();
        try {
          return await GuardSession.open(socketPath);
        } catch (error) {
          this.#options.log.debug('no session with the guard bridge yet', { error });
        }
        failures += 1;
        await Promise.race([touched.promise, this.#clock.sleep(backoffMs(lookBackoff, failures, 0), { signal })]);
      }
      return undefined;
    } finally {
      watcher?.close();
    }
  }
}

/** Tells when something becomes of a path. Undefined when its folder is not there: then it has to be looked at from time to time. */
const watchFile = (path: string, touched: () => void): FSWatcher | undefined => {
  try {
    const watcher = watch(dirname(path), (_event, name) => {
      if (name === basename(path)) touched();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};
