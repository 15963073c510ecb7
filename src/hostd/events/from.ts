// event.from: answers at once when something happened since the token, else waits to be told by the database. One subscription to the
// database serves all waiters; a burst of transactions in one turn of the event loop makes one reply.

import type { ChangeBatch, Db } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { collect } from './collect.ts';
import { type EventBatch, parseToken, refCounts, tokenText, type WireEvent } from './event.ts';
import { type EventFilter, parseFilter } from './filter.ts';

export interface EventWaits {
  /**
   * Events since `token` for `classes`; waits up to `timeoutSeconds` when there are none. An abort rejects with the caller's reason.
   * Throws EVENT_FROM_TOKEN_PARSE_FAILURE; TOO_BUSY when too many wait.
   */
  from(request: FromRequest): EventBatch | Promise<EventBatch>;
  close(): void;
}

export interface FromRequest {
  readonly classes: readonly string[];
  readonly token: string;
  readonly timeoutSeconds: number;
  readonly signal: () => AbortSignal;
}

interface Waiter {
  readonly filter: EventFilter;
  wake(): void;
  /** Answers with what there is, though it be nothing. */
  finish(): void;
}

const MAX_WAITERS = 2000;
const MAX_TIMEOUT_MS = 3_600_000;

export const createEventWaits = (db: Db): EventWaits => {
  const waiters = new Set<Waiter>();
  const unsubscribe = db.subscribe(batch => {
    for (const waiter of waiters) if (touches(batch, waiter.filter)) waiter.wake();
  });

  const reply = (events: readonly WireEvent[], generation: number): EventBatch => ({
    events,
    valid_ref_counts: refCounts(db),
    token: tokenText(generation),
  });

  const wait = (filter: EventFilter, since: number, timeoutMs: number, signal: AbortSignal): Promise<EventBatch> =>
    new Promise((resolve, reject) => {
      let pending = false;
      const end = (): void => {
        clearTimeout(timer);
        waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
      };
      const look = (): void => {
        pending = false;
        if (!waiters.has(waiter)) return;
        const { events, generation } = collect(db, filter, since);
        if (events.length === 0) return;
        end();
        resolve(reply(events, generation));
      };
      const onAbort = (): void => {
        end();
        reject(signal.reason);
      };
      const finish = (): void => {
        end();
        const { events, generation } = collect(db, filter, since);
        resolve(reply(events, generation));
      };
      const timer = setTimeout(finish, timeoutMs);
      const waiter: Waiter = {
        filter,
        finish,
        wake() {
          if (pending) return;
          pending = true;
          setImmediate(look);
        },
      };
      waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });

  return {
    from({ classes, token, timeoutSeconds, signal }) {
      const since = parseToken(token);
      const filter = parseFilter(classes);
      const { events, generation } = collect(db, filter, since);
      if (events.length > 0 || !(timeoutSeconds > 0)) return reply(events, generation);
      if (waiters.size >= MAX_WAITERS) throw new XenError('TOO_BUSY', []);
      return wait(filter, generation, Math.min(timeoutSeconds * 1000, MAX_TIMEOUT_MS), signal());
    },
    close() {
      unsubscribe();
      for (const waiter of waiters) waiter.finish();
    },
  };
};

const touches = (batch: ChangeBatch, filter: EventFilter): boolean => batch.changes.some(change => filter.matches(change.cls, change.ref));
