// Calls of xl, each with a limit: several of its commands wait for ever when a guest does not answer.

import { untilAborted } from '../../../lib/until-aborted.ts';
import { DriverError } from '../../hypervisor.ts';
import type { Dom0 } from './dom0.ts';
import { xlError } from './xl-errors.ts';
import { type Domain, parseDomainList } from './xl-list.ts';

const QUICK_MS = 60_000;

export interface XlOptions {
  /** For the error's sentence: "pausing the guest". */
  readonly tried: string;
  /** Longest a working call may take, on a machine that has much else to do. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** The call is not ended with this process: what it does must not be left half done. */
  readonly outlives?: boolean;
}

/** Runs `xl`; resolves with what it printed. Rejects with DriverError, or with the signal's reason. */
export const runXl = async (dom0: Dom0, args: readonly string[], options: XlOptions): Promise<string> => {
  const limitMs = options.limitMs ?? QUICK_MS;
  const limit = AbortSignal.timeout(limitMs);
  const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit;
  try {
    return await dom0.run('xl', args, { signal, ...(options.outlives === true && { outlives: true }) });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (limit.aborted)
      throw new DriverError('timeout', `${options.tried}: xl did not come to an end within ${limitMs} ms`, { cause: error });
    throw xlError(options.tried, error);
  }
};

/** One call serves all who asked before it began: many guests cost no more than one. */
export const shareCalls = <T>(call: () => Promise<T>): ((signal?: AbortSignal) => Promise<T>) => {
  let waiting: Promise<T> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const begin = (): Promise<T> => {
    waiting = undefined;
    const calling = call();
    last = calling.catch(() => undefined); // who asked is told
    return calling;
  };
  return signal => {
    waiting ??= last.then(begin);
    return untilAborted(waiting, signal);
  };
};

export const createLister = (dom0: Dom0): ((signal?: AbortSignal) => Promise<readonly Domain[]>) =>
  shareCalls(() => runXl(dom0, ['list', '-v'], { tried: 'listing the domains' }).then(parseDomainList));
