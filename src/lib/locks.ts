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

export const createLocks = <H>({ maxWaiting = 10_000 }: { readonly maxWaiting?: number } = {}): Locks<H> => new QueuedLocks<H>(maxWaiting);

class QueuedLocks<H> implements Locks<H> {
  readonly #queues = new Map<string, Request<H>[]>();
  readonly #maxWaiting: number;
  #waiting = 0;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  get waiting(): number {
    return this.#waiting;
  }

  holder(key: string): H | undefined {
    const first = this.#queues.get(key)?.[0];
    return first?.granted ? first.holder : undefined;
  }

  acquire(keys: readonly string[], holder: H, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting >= this.#maxWaiting) {
      return Promise.reject(new LockQueueFullError(`${this.#waiting} requests wait for locks already; try again later`));
    }
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      this.#leave(request);
    };
    const onAbort = (): void => {
      release();
      reject(signal?.reason);
    };
    const grant = (): void => {
      signal?.removeEventListener('abort', onAbort);
      resolve(release);
    };
    const request: Request<H> = { keys: [...new Set(keys)], holder, granted: false, grant };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#enter(request);
    return promise;
  }

  #enter(request: Request<H>): void {
    this.#waiting += 1;
    for (const key of request.keys) {
      const queue = this.#queues.get(key);
      if (queue) queue.push(request);
      else this.#queues.set(key, [request]);
    }
    this.#grantIfFirst(request);
  }

  #leave(request: Request<H>): void {
    if (!request.granted) this.#waiting -= 1;
    for (const key of request.keys) {
      const left = (this.#queues.get(key) ?? []).filter(other => other !== request);
      if (left.length > 0) this.#queues.set(key, left);
      else this.#queues.delete(key);
    }
    for (const key of request.keys) {
      const next = this.#queues.get(key)?.[0];
      if (next) this.#grantIfFirst(next);
    }
  }

  #grantIfFirst(request: Request<H>): void {
    if (request.granted || !request.keys.every(key => this.#queues.get(key)?.[0] === request)) return;
    request.granted = true;
    this.#waiting -= 1;
    request.grant();
  }
}
