// Who is logged in. A session is a row of the database's `session` class (in memory: a restart ends all) and an entry here, which every
// call reads. Sessions end by logout, by a day without a call, or when their user has too many: then the one idle longest goes first.

import type { Db } from '../db/db.ts';
import type { Ref } from '../lib/brand.ts';
import type { Logger } from '../lib/logger.ts';
import { XenError } from '../model/error.ts';
import type { Role } from '../model/index.ts';
import type { CallSession } from '../ops/context.ts';
import { xenTime } from './time.ts';

export interface Session extends CallSession {
  readonly role: Role;
  readonly originator: string;
}

export interface SessionRequest {
  readonly userName: string;
  readonly role: Role;
  readonly isLocalSuperuser: boolean;
  readonly originator: string;
  /** Opens this session again, as it was before a restart. */
  readonly ref?: Ref<'session'> | undefined;
}

export interface SessionLimits {
  readonly perUser: number;
  readonly total: number;
  readonly idleMs: number;
}

export const defaultSessionLimits: SessionLimits = { perUser: 500, total: 2000, idleMs: 24 * 3600_000 };

interface Entry {
  readonly session: Session;
  lastActiveMs: number;
  /** What the row says; it follows at a distance, so that reading does not write. */
  writtenMs: number;
}

const SWEEP_MS = 60_000;
const MAX_ORIGINATOR_CHARS = 256;

export class SessionTable {
  readonly #entries = new Map<string, Entry>();
  readonly #db: Db;
  readonly #log: Logger;
  readonly #host: () => Ref<'host'>;
  readonly #limits: SessionLimits;
  readonly #nowMs: () => number;
  readonly #ended = new Set<(ref: string) => void>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    readonly db: Db;
    readonly log: Logger;
    readonly host: () => Ref<'host'>;
    readonly limits?: SessionLimits;
    readonly nowMs?: () => number;
  }) {
    this.#db = options.db;
    this.#log = options.log;
    this.#host = options.host;
    this.#limits = options.limits ?? defaultSessionLimits;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#timer = setInterval(
      () => void this.sweep().catch(error => this.#log.error('idle sessions could not be ended', { error })),
      SWEEP_MS,
    );
    this.#timer.unref();
  }

  /** The session of a reference, now active; undefined when there is none. */
  find(ref: string): Session | undefined {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return undefined;
    entry.lastActiveMs = this.#nowMs();
    return entry.session;
  }

  /** The session of a reference; throws SESSION_INVALID [ref]. */
  need(ref: string): Session {
    const session = this.find(ref);
    if (session === undefined) throw new XenError('SESSION_INVALID', [ref]);
    return session;
  }

  /** With a `ref` idempotent: a session that is open is left as it is. */
  async open(request: SessionRequest): Promise<Session> {
    const before = request.ref === undefined ? undefined : this.find(request.ref);
    if (before !== undefined) return before;
    await this.#makeRoom(request.userName);
    const nowMs = this.#nowMs();
    const originator = request.originator.slice(0, MAX_ORIGINATOR_CHARS);
    const ref = await this.#db.transaction(tx =>
      tx.insert(
        'session',
        {
          this_host: this.#host(),
          last_active: xenTime(nowMs),
          validation_time: xenTime(nowMs),
          is_local_superuser: request.isLocalSuperuser,
          auth_user_name: request.userName,
          originator,
        },
        request.ref,
      ),
    );
    const { userName, role, isLocalSuperuser } = request;
    const session: Session = { ref, userName, role, isLocalSuperuser, originator };
    this.#entries.set(ref, { session, lastActiveMs: nowMs, writtenMs: nowMs });
    return session;
  }

  /** Idempotent. */
  async close(ref: string): Promise<void> {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return;
    this.#entries.delete(ref);
    for (const listener of this.#ended) listener(ref);
    await this.#db.transaction(tx => {
      if (tx.get('session', entry.session.ref) !== undefined) tx.delete('session', entry.session.ref);
    });
  }

  /** Told of every session that ended, whatever ended it. */
  onEnd(listener: (ref: string) => void): void {
    this.#ended.add(listener);
  }

  /** Ends what was idle too long and lets the rows follow. */
  async sweep(): Promise<void> {
    const nowMs = this.#nowMs();
    const idle = [...this.#entries.values()].filter(entry => nowMs - entry.lastActiveMs > this.#limits.idleMs);
    for (const { session } of idle) {
      this.#log.info('session ended: idle', { user: session.userName, originator: session.originator });
      await this.close(session.ref);
    }
    const active = [...this.#entries.values()].filter(entry => entry.lastActiveMs > entry.writtenMs);
    if (active.length === 0) return;
    await this.#db.transaction(tx => {
      for (const entry of active) {
        if (tx.get('session', entry.session.ref) === undefined) continue;
        tx.update('session', entry.session.ref, { last_active: xenTime(entry.lastActiveMs) });
        entry.writtenMs = entry.lastActiveMs;
      }
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #makeRoom(userName: string): Promise<void> {
    const own = [...this.#entries.values()].filter(entry => entry.session.userName === userName);
    if (own.length >= this.#limits.perUser) await this.#endLongestIdle(own);
    if (this.#entries.size >= this.#limits.total) await this.#endLongestIdle([...this.#entries.values()]);
  }

  async #endLongestIdle(entries: readonly Entry[]): Promise<void> {
    const [first, ...rest] = entries;
    if (first === undefined) return;
    const oldest = rest.reduce((found, entry) => (entry.lastActiveMs < found.lastActiveMs ? entry : found), first);
    this.#log.warn('session ended: too many', { user: oldest.session.userName, originator: oldest.session.originator });
    await this.close(oldest.session.ref);
  }
}
