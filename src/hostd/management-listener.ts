// A listener that is on the addresses of the management interface and on no others: it opens on those that come and closes on those that go,
// when the management is moved, set anew or given another lease. Replies under way on an address that goes are finished within a bound.
//
// One round at a time; what changes meanwhile is the next one's. An address that cannot be had yet (the kernel still looks whether somebody
// else has it) is tried again.

import type { Server } from 'node:http';
import { systemClock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { backoffMs } from '../lib/retry.ts';
import { errnoOf } from '../drivers/errno.ts';

export interface ManagementSource {
  /** By which the host is managed now; link-local ones left out. */
  addresses(): Promise<readonly string[]>;
  /** Told whenever they may have changed. Returns what ends it. */
  onChange(listener: () => void): () => void;
}

export interface ManagementListenerOptions {
  readonly source: ManagementSource;
  /** Rejects with the system's error, as `cause`, when the address cannot be had. */
  readonly open: (address: string) => Promise<Server>;
  /** Lets no more connections in, finishes what is under way, then cuts it off. */
  readonly retire: (server: Server) => Promise<void>;
  readonly log: Logger;
}

const retries = { firstMs: 200, maxMs: 5_000, factor: 2, jitter: 0.2 };

export class ManagementListener {
  readonly #options: ManagementListenerOptions;
  readonly #open = new Map<string, Server>();
  readonly #end = new AbortController();
  #stopListening: (() => void) | undefined;
  #isAsked = false;
  #work: Promise<void> = Promise.resolve();
  #failures = 0;
  #retry: AbortController | undefined;

  constructor(options: ManagementListenerOptions) {
    this.#options = options;
  }

  /** On which it listens now. */
  get addresses(): readonly string[] {
    return [...this.#open.keys()];
  }

  get servers(): readonly Server[] {
    return [...this.#open.values()];
  }

  /** Resolves when the addresses of now were tried; rejects when the port is somebody else's. A host without addresses is none to wait for. */
  async start(): Promise<void> {
    this.#stopListening = this.#options.source.onChange(() => this.#ask());
    const refused = await this.#round();
    for (const error of refused.values()) if (!isNotYet(error)) throw error;
    if (refused.size > 0) this.#later();
  }

  /** No more changes; the servers that are open are the caller's to end. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#end.abort();
    this.#retry?.abort();
    await this.#work;
  }

  #ask(): void {
    if (this.#isAsked || this.#end.signal.aborted) return;
    this.#isAsked = true;
    this.#work = this.#work.then(async () => {
      this.#isAsked = false;
      if (this.#end.signal.aborted) return;
      try {
        const refused = await this.#round();
        if (refused.size > 0) this.#later();
        else this.#failures = 0;
      } catch (error) {
        this.#options.log.warn('the addresses of the management could not be asked for', { error });
        this.#later();
      }
    });
  }

  #later(): void {
    this.#retry?.abort();
    const retry = new AbortController();
    this.#retry = retry;
    this.#failures += 1;
    systemClock.sleep(backoffMs(retries, this.#failures, Math.random()), { signal: retry.signal }).then(
      () => this.#ask(),
      () => undefined, // another round came first, or the end
    );
  }

  /** What could not be opened, and why. */
  async #round(): Promise<ReadonlyMap<string, unknown>> {
    const { source, open, retire, log } = this.#options;
    const wanted = new Set(await source.addresses());
    const refused = new Map<string, unknown>();
    for (const address of wanted) {
      if (this.#open.has(address)) continue;
      try {
        this.#open.set(address, await open(address));
      } catch (error) {
        refused.set(address, error);
        if (this.#failures === 0 && !isNotYet(error)) log.error('the host cannot be managed by one of its addresses', { address, error });
      }
    }
    for (const [address, server] of this.#open) {
      if (wanted.has(address)) continue;
      this.#open.delete(address);
      log.info('no longer listening', { address });
      retire(server).catch((error: unknown) => log.warn('a listener could not be closed', { address, error }));
    }
    return refused;
  }
}

const isNotYet = (error: unknown): boolean => errnoOf(error instanceof Error ? error.cause : undefined) === 'EADDRNOTAVAIL';
