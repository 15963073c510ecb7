// Calls made while one runs are gathered and done as one: the cost of a change of the switch is in the waiting, not in its size.

import { DriverError } from '../hypervisor.ts';

interface Waiting<I, R> {
  readonly item: I;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** The result of one item of a batch, which may fail alone. */
export type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

const maxWaiting = 10_000;

/**
 * Returns a function that hands in one item. `run` is given all that came since its last start, in order, and settles each;
 * a throw fails all of the batch. One run at a time.
 */
export const gather = <I, R>(run: (items: readonly I[]) => Promise<readonly Settled<R>[]>): ((item: I) => Promise<R>) => {
  let waiting: Waiting<I, R>[] = [];
  let running = false;

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const results = await run(batch.map(({ item }) => item));
        for (const [i, { resolve, reject }] of batch.entries()) {
          const result = results[i];
          if (result?.ok) resolve(result.value);
          else reject(result?.error ?? new DriverError('failed', 'a gathered call was not answered'));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  };

  return item => {
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    if (waiting.length >= maxWaiting) {
      reject(new DriverError('failed', `${maxWaiting} changes of the network wait already; try again later`));
      return promise;
    }
    waiting.push({ item, resolve, reject });
    if (!running) {
      running = true;
      // After the current turn, so that calls made together start together.
      queueMicrotask(() => void work());
    }
    return promise;
  };
};
