// Slows down guessing. Each failed login from a source (its address, or its socket) makes the next answer to that source later, up to a bound;
// a success, or some quiet, forgets. The number of sources that are remembered is bounded: the oldest goes first.

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 8000;
const FORGET_AFTER_MS = 10 * 60_000;
const MAX_SOURCES = 4096;

export interface Throttle {
  /** How long the answer to a login that failed must be held back; counts the failure. */
  failed(source: string): number;
  succeeded(source: string): void;
}

export const createThrottle = (nowMs: () => number = Date.now): Throttle => {
  const failures = new Map<string, { readonly count: number; readonly atMs: number }>();
  return {
    failed(source) {
      const last = failures.get(source);
      const fresh = last === undefined || nowMs() - last.atMs > FORGET_AFTER_MS;
      const count = fresh ? 1 : last.count + 1;
      failures.delete(source);
      failures.set(source, { count, atMs: nowMs() });
      if (failures.size > MAX_SOURCES) {
        const oldest = failures.keys().next();
        if (oldest.done !== true) failures.delete(oldest.value);
      }
      return Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - 1, 10), MAX_DELAY_MS);
    },
    succeeded(source) {
      failures.delete(source);
    },
  };
};
