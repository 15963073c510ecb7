// Named locks, several taken at once, in order of arrival.
//
// A request enters the queues of all its keys in one synchronous step and is granted when it stands first in each of them. So all
// queues agree on one order (that of arrival), which is why no two requests can wait for each other, and none can be overtaken.
// Not re-entrant: who holds a key and asks for it again waits for itself.

export class LockQueueFullError extends Error {
  override readonly name = 'LockQueueFullError';
}

export interface Locks<H> {
  /**
   * Resolves with the release (harmless when called twice) once all `keys` are held. The place in the queues is taken before this
   * returns; if all are free they are held at once. Rejects with the signal's reason while waiting, or with LockQueueFullError.
   */
  acquire(keys: readonly string[], holder: H, options?: { readonly signal?: AbortSignal | undefined }): Promise<() => void>;
  /** Who holds `key`. */
  holder(key: string): H | undefined;
  /** Requests that wait. */
  readonly waiting: number;
}

interface Request<H> {
  readonly keys: readonly string[];
  readonly holder: H;
  granted: boolean;
  readonly grant: () => void;
}

export const createLocks = <H>({ maxWaiting = 10_000 }: { readonly maxWaiting?: number } = {}): Locks<H> => {
  const queues = new Map<string, Request<H>[]>();
  let waiting = 0;

  const isFirstEverywhere = (request: Request<H>): boolean => request.keys.every(key => queues.get(key)?.[0] === request);

  const grantIfFirst = (request: Request<H>): void => {
    if (request.granted || !isFirstEverywhere(request)) return;
    request.granted = true;
    waiting -= 1;
    request.grant();
  };

  const enter = (request: Request<H>): void => {
    waiting += 1;
    for (const key of request.keys) {
      const queue = queues.get(key);
      if (queue) queue.push(request);
      else queues.set(key, [request]);
    }
    grantIfFirst(request);
  };

  const leave = (request: Request<H>): void => {
    if (!request.granted) waiting -= 1;
    for (const key of request.keys) {
      const queue = queues.get(key);
      const at = queue?.indexOf(request) ?? -1;
      if (!queue || at < 0) continue;
      queue.splice(at, 1);
      if (queue.length === 0) queues.delete(key);
    }
    for (const key of request.keys) {
      const next = queues.get(key)?.[0];
      if (next) grantIfFirst(next);
    }
  };

  return {
    get waiting() {
      return waiting;
    },
    holder(key) {
      const first = queues.get(key)?.[0];
      return first?.granted ? first.holder : undefined;
    },
    acquire(keys, holder, { signal } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      if (signal?.aborted) {
        reject(signal.reason);
        return promise;
      }
      if (waiting >= maxWaiting) {
        reject(new LockQueueFullError(`${waiting} requests wait for locks already; try again later`));
        return promise;
      }
      let released = false;
      const release = (): void => {
        if (released) return;
        released = true;
        leave(request);
      };
      const onAbort = (): void => {
        release();
        reject(signal?.reason);
      };
      const request: Request<H> = {
        keys: [...new Set(keys)],
        holder,
        granted: false,
        grant: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      enter(request);
      return promise;
    },
  };
};
