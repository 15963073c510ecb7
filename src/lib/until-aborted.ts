// Ends the waiting for work, not the work.

/** Resolves and rejects as `work` does; rejects with the signal's reason when that comes first. */
export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    // Nobody may be left to hear of it; who applied the work's failure is told by whoever still waits.
    work.catch(() => undefined);
  }
};
