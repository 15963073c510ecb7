// Simulated transfers: nothing is copied, but time passes by the clock and progress is told on the way.

import type { Clock } from '../../../lib/clock.ts';
import type { TransferProgress } from '../../hypervisor.ts';

export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly bandwidthBytesPerSecond?: number | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** What each call asks first: the rules for faults may delay or reject it. */
export type Fault = (method: string, guest: string, signal?: AbortSignal) => Promise<void>;

export type Transfer = (totalBytes: number, options: TransferOptions) => Promise<void>;

const STEPS = 10;

/** `bytesPerSecond` is what a transfer makes when nothing limits it. */
export const createTransfer = ({ clock, bytesPerSecond }: { readonly clock: Clock; readonly bytesPerSecond: number }): Transfer => {
  return async (totalBytes, { signal, bandwidthBytesPerSecond, onProgress }) => {
    const rate = Math.min(bytesPerSecond, bandwidthBytesPerSecond ?? bytesPerSecond);
    for (let step = 1; step <= STEPS; step += 1) {
      signal.throwIfAborted();
      await clock.sleep((totalBytes / STEPS / rate) * 1000, { signal });
      onProgress?.({ doneBytes: Math.round((totalBytes * step) / STEPS), totalBytes });
    }
  };
};
