// event.register, unregister and next, as old clients use them: each session has one bounded queue of what happened in the classes it
// registered. A queue that overflowed is emptied and the next call answers EVENTS_LOST; the client then reads everything anew.

import type { Change, Db } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { type WireEvent, wireEvent } from './event.ts';
import { type EventFilter, parseFilter } from './filter.ts';

export interface EventRegistry {
  register(session: string, classes: readonly string[]): void;
  /** No classes left, or an empty list: the session's queue is gone. */
  unregister(session: string, classes: readonly string[]): void;
  /** Waits until there is something. Throws SESSION_NOT_REGISTERED [session], EVENTS_LOST. */
  next(session: string, signal: AbortSignal): Promise<readonly WireEvent[]>;
  /** The session is gone. */
  forget(session: string): void;
  close(): void;
}

interface Queue {
  readonly names: Set<string>;
  filter: EventFilter;
  events: WireEvent[];
  lost: boolean;
  wake: (() => void) | undefined;
}

const MAX_QUEUE = 5000;

export const createEventRegistry = (db: Db): EventRegistry => {
  const queues = new Map<string, Queue>();
  const unsubscribe = db.subscribe(batch => {
    for (const queue of queues.values()) {
      for (const change of batch.changes) if (queue.filter.matches(change.cls, change.ref)) push(queue, change, batch.generation);
      if (queue.events.length > 0 || queue.lost) queue.wake?.();
    }
  });
  const drop = (session: string): void => {
    const queue = queues.get(session);
    queues.delete(session);
    queue?.wake?.();
  };

  return {
    register(session, classes) {
      const queue = queues.get(session) ?? { names: new Set(), filter: parseFilter([]), events: [], lost: false, wake: undefined };
      for (const name of classes) queue.names.add(name.toLowerCase());
      queue.filter = parseFilter([...queue.names]);
      queues.set(session, queue);
    },
    unregister(session, classes) {
      const queue = queues.get(session);
      if (queue === undefined) return;
      for (const name of classes) queue.names.delete(name.toLowerCase());
      queue.filter = parseFilter([...queue.names]);
      if (queue.names.size === 0 || classes.length === 0) drop(session);
    },
    async next(session, signal) {
      for (;;) {
        const queue = queues.get(session);
        if (queue === undefined) throw new XenError('SESSION_NOT_REGISTERED', [session]);
        if (queue.lost) {
          queue.lost = false;
          throw new XenError('EVENTS_LOST', []);
        }
        if (queue.events.length > 0) return queue.events.splice(0);
        await woken(queue, signal);
      }
    },
    forget: drop,
    close() {
      unsubscribe();
      for (const session of queues.keys()) drop(session);
    },
  };
};

const push = (queue: Queue, change: Change, generation: number): void => {
  if (queue.lost) return;
  if (queue.events.length >= MAX_QUEUE) {
    queue.events = [];
    queue.lost = true;
    return;
  }
  const uuid = change.record['uuid'];
  queue.events.push({ ...wireEvent(change, generation), obj_uuid: typeof uuid === 'string' ? uuid : '' });
};

/** One call of next waits at a time; a newer one takes over and the older finds the queue anew. */
const woken = (queue: Queue, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const earlier = queue.wake;
    const end = (): void => {
      queue.wake = undefined;
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      end();
      reject(signal.reason);
    };
    queue.wake = () => {
      end();
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    earlier?.();
  });
