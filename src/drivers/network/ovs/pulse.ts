// Tells when vswitchd was restarted: an open connection to its control socket ends with the process, which leaves no other trace in the
// database. What a restart costs is not there: flows, and devices of the user-space datapath with the addresses on them.

import { connect } from 'node:net';
import { retry } from '../../../lib/retry.ts';
import { controlSocket } from './unixctl.ts';

const backoff = { firstMs: 50, maxMs: 1_000, factor: 2, jitter: 0.2 };

interface Pulse {
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

const takePulse = async (rundir: string, signal: AbortSignal): Promise<Pulse> => {
  const socket = connect(await controlSocket(rundir));
  // It must not keep this process from ending.
  socket.unref();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => {
    signal.removeEventListener('abort', stop);
    end();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  // After it stood, an error is followed by the close.
  socket.on('error', () => end());
  return { ended };
};

/** Calls back whenever the vswitchd of `rundir` has ended and another one is there. Resolves when the signal ends it. */
export const watchPulse = async (
  rundir: string,
  { signal, onRestart }: { readonly signal: AbortSignal; readonly onRestart: () => void },
): Promise<void> => {
  for (let beats = 0; !signal.aborted; beats += 1) {
    const pulse = await retry(() => takePulse(rundir, signal), { backoff, signal });
    if (beats > 0) onRestart();
    await pulse.ended;
  }
};
