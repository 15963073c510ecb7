// `--timeout`: gives up waiting after a while. Lists that watch keep the time themselves.

import { exitCodes, OutcomeError } from './exit-codes.ts';
import type { OwnOptions } from './own-options.ts';

/** The exit code of `running`, if it comes in time. Rejects with OutcomeError otherwise; what the server has begun goes on. */
export const within = async (own: OwnOptions, running: Promise<number>): Promise<number> => {
  const { timeoutMs } = own;
  if (timeoutMs === undefined || own.watch || own.wait) return await running;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(
      new OutcomeError(
        'timeout',
        `No end after ${timeoutMs / 1000} s; what the server has begun goes on (exit code ${exitCodes.timeout.code})`,
      ),
    );
  }, timeoutMs);
  try {
    return await Promise.race([running, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
