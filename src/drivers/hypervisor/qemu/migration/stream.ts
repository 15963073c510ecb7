// Capabilities and parameters of a memory stream, the same on both sides, and following one to its end.

import type { JsonObject } from '../../../../lib/json.ts';
import { DriverError, type TransferProgress } from '../../../hypervisor.ts';
import { type MigrationState, queryMigration } from '../../qmp/answers.ts';
import { kindOfSentence } from '../../qmp/errors.ts';
import type { Guest } from '../guest.ts';

const COMPRESSED_CHANNELS = 4;
const PROGRESS_INTERVAL_MS = 250;

/** Compression is a matter of several channels in QEMU: both sides have it or neither. `pauses`: stop before the last step and wait for the word to go on. */
export const capabilities = (options: { readonly compression: boolean; readonly pauses: boolean }): JsonObject => ({
  capabilities: [
    { capability: 'events', state: true },
    { capability: 'late-block-activate', state: true },
    { capability: 'pause-before-switchover', state: options.pauses },
    { capability: 'multifd', state: options.compression },
  ],
});

export const streamParameters = (compression: boolean): JsonObject =>
  compression ? { 'multifd-channels': COMPRESSED_CHANNELS, 'multifd-compression': 'zstd' } : { 'multifd-compression': 'none' };

export interface StreamWait {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Called as often as progress is looked at; a throw ends the wait. */
  readonly watch?: (state: MigrationState) => void;
}

/** Resolves when the stream has come to `wanted`; rejects when it failed or was cancelled, or by the signal. The stream is left as it is. */
export const awaitStream = async (guest: Guest, wanted: 'pre-switchover' | 'completed', wait: StreamWait): Promise<MigrationState> => {
  const look = async (): Promise<MigrationState | undefined> => {
    const state = await queryMigration(guest.monitor);
    if (state.status === 'failed' || state.status === 'cancelled') {
      const words = state.errorText === '' ? `the memory stream ${state.status}` : state.errorText;
      const kind = kindOfSentence(words);
      throw new DriverError(kind === 'failed' ? 'unreachable' : kind, `sending memory: ${words}`);
    }
    return state.status === wanted ? state : undefined;
  };
  const ticking = new AbortController();
  const ticker = setInterval(() => void report(guest, wait).catch((error: unknown) => ticking.abort(error)), PROGRESS_INTERVAL_MS);
  try {
    return await guest.monitor.until(['MIGRATION'], look, AbortSignal.any([wait.signal, ticking.signal]));
  } finally {
    clearInterval(ticker);
  }
};

const report = async (guest: Guest, { onProgress, watch }: StreamWait): Promise<void> => {
  if (guest.monitor.isClosed) return;
  const state = await queryMigration(guest.monitor);
  watch?.(state);
  onProgress?.({ doneBytes: state.doneBytes, totalBytes: state.totalBytes });
};

const ENDED: readonly string[] = ['', 'none', 'completed', 'failed', 'cancelled'];

/** Ends a stream that is under way and waits until it has ended. Idempotent. */
export const cancelStream = async (guest: Guest, signal: AbortSignal): Promise<void> => {
  await guest.monitor.execute('migrate_cancel');
  const ended = async (): Promise<true | undefined> => (ENDED.includes((await queryMigration(guest.monitor)).status) ? true : undefined);
  await guest.monitor.until(['MIGRATION'], ended, signal);
};
