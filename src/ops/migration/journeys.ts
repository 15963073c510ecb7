// The source's side of migrations under way: the line to the destination, the certificates of this migration, and the watch over the
// link. Only in memory: a process that takes over after a crash unwinds or finishes with the line alone.

import { DriverError, type MigrationTls } from '../../drivers/hypervisor.ts';
import type { Clock } from '../../lib/clock.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Logger } from '../../lib/logger.ts';
import { XenError } from '../../model/error.ts';
import type { Peer, PeerConnector } from '../context.ts';
import type { TlsIdentity, TlsOffer } from './certificates.ts';
import { type PeerCallName, peerCalls, peerMethod, type ReplyOf, type RequestOf } from './protocol.ts';
import { nullable, object, type Shape, type Shaped, text } from './shape.ts';

/** How a destination is reached, and which of its receptions is meant. In the journal: it must outlive this process. */
export const addressShape = object({ reception: text, url: text, fingerprint: nullable(text), session: text });
export type JourneyAddress = Shaped<typeof addressShape>;

const KEEPALIVE_MS = 5_000;
/** A link that says nothing for this long is lost. Well under the time after which the destination gives up by itself. */
export const SILENCE_MS = 20_000;
/** For what the other side answers from memory or by one small act. */
const SHORT_MS = 15_000;
/** For acts on disks and guests. */
const LONG_MS = 120_000;

const timeouts: { readonly [N in PeerCallName]: number } = {
  open: SHORT_MS,
  volume: LONG_MS,
  seal: LONG_MS,
  show: LONG_MS,
  receive: LONG_MS,
  commit: LONG_MS,
  abort: LONG_MS,
  keepalive: KEEPALIVE_MS,
  close: LONG_MS,
};

export class Journey {
  readonly address: JourneyAddress;
  /** The VM at the destination, once known. */
  arrivedAs: string | undefined;
  readonly #connect: () => Promise<Peer>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  #peer: Promise<Peer> | undefined;
  #watching: Promise<void> | undefined;
  #tls: { readonly own: TlsIdentity; readonly peer: TlsOffer } | undefined;

  constructor(address: JourneyAddress, parts: { readonly peers: PeerConnector; readonly clock: Clock; readonly log: Logger }) {
    this.address = address;
    this.#clock = parts.clock;
    this.#log = parts.log;
    const { url, session, fingerprint } = address;
    this.#connect = () => parts.peers.connect({ url, sessionRef: session, ...(fingerprint !== null && { fingerprint }) });
  }

  /** Aborted when the destination has been silent too long or no longer knows the reception. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The material for streams to the destination. Throws before certificates were exchanged. */
  get tls(): MigrationTls {
    if (!this.#tls) throw new DriverError('bad-state', 'the certificates of this migration are gone');
    return this.#tls.own.toward(this.#tls.peer);
  }

  trust(own: TlsIdentity, peer: TlsOffer): void {
    this.#tls = { own, peer };
  }

  /** One message of the reception. Network failures reject with DriverError unreachable, soon where the destination is lost already. */
  async call<N extends PeerCallName>(
    name: N,
    request: Omit<RequestOf<N>, 'reception'>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ReplyOf<N>> {
    const shape: Shape<unknown> = peerCalls[name].reply;
    const reply = await this.ask(
      peerMethod(name),
      { reception: this.address.reception, ...request },
      { ...options, timeoutMs: this.lost.aborted ? Math.min(timeouts[name], SHORT_MS) : timeouts[name] },
    );
    return shape(reply, `reply to ${name}`) as ReplyOf<N>;
  }

  /** Any private message. */
  async ask(
    method: string,
    request: JsonObject,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ): Promise<unknown> {
    const peer = await this.#line();
    return peer.call(method, [request], options);
  }

  /** From now on the link is watched, until the journey ends. */
  watch(): void {
    this.#watching ??= this.#watch();
  }

  async end(): Promise<void> {
    this.#ended.abort(new DriverError('cancelled', 'the migration has ended'));
    await this.#watching;
    await this.#hangUp();
  }

  /** Never rejects. */
  async #watch(): Promise<void> {
    let heardMs = this.#clock.now();
    const { signal } = this.#ended;
    while (!signal.aborted && !this.lost.aborted) {
      try {
        await this.#clock.sleep(KEEPALIVE_MS, { signal });
        await this.call('keepalive', {}, { signal });
        heardMs = this.#clock.now();
      } catch (error) {
        if (signal.aborted) return;
        const silentMs = this.#clock.now() - heardMs;
        this.#log.warn('the destination of a migration does not answer', { reception: this.address.reception, silentMs, error });
        if (error instanceof XenError || silentMs > SILENCE_MS) this.#lost.abort(lostLink(error));
      }
    }
  }

  /** One line for all calls; a failed attempt to make it is not kept. */
  async #line(): Promise<Peer> {
    const line = (this.#peer ??= this.#connect());
    try {
      return await line;
    } catch (error) {
      if (this.#peer === line) this.#peer = undefined;
      throw error;
    }
  }

  async #hangUp(): Promise<void> {
    const peer = this.#peer;
    this.#peer = undefined;
    // A line that could not be made needs no closing.
    const open = await peer?.catch(() => undefined);
    await open?.[Symbol.asyncDispose]();
  }
}

const lostLink = (cause: unknown): DriverError =>
  cause instanceof XenError
    ? new DriverError('unreachable', 'the destination host no longer knows of this migration', { cause })
    : new DriverError('unreachable', `the destination host was silent for more than ${SILENCE_MS / 1000} s`, { cause });

/** All of this host, by reception. */
export class Journeys {
  readonly #parts: { readonly peers: PeerConnector; readonly clock: Clock; readonly log: Logger };
  readonly #byReception = new Map<string, Journey>();

  constructor(parts: { readonly peers: PeerConnector; readonly clock: Clock; readonly log: Logger }) {
    this.#parts = parts;
  }

  /** The journey to an address: the one under way, or a new line to where a former process had one. */
  at(address: JourneyAddress): Journey {
    const known = this.#byReception.get(address.reception);
    if (known) return known;
    const journey = new Journey(address, this.#parts);
    this.#byReception.set(address.reception, journey);
    return journey;
  }

  async end(address: JourneyAddress): Promise<void> {
    const journey = this.#byReception.get(address.reception);
    this.#byReception.delete(address.reception);
    await journey?.end();
  }

  async close(): Promise<void> {
    const all = [...this.#byReception.values()];
    this.#byReception.clear();
    for (const journey of all) await journey.end();
  }
}
