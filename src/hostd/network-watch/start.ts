// Starts the watchdog of a trial: the same program as a process of its own, in a session of its own, so that it is there when hostd is not.

import { spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DriverError } from '../../drivers/hypervisor.ts';
import { messageOf } from '../../drivers/errno.ts';
import { networkOptions } from '../network-options.ts';
import { selfCommand } from '../self.ts';
import type { Settings } from '../settings.ts';

const READY_TIMEOUT_MS = 10_000;

/** Resolves when the watchdog watches; rejects with DriverError when it cannot: the change must not be made then. */
export const startNetworkWatch = async (settings: Settings, trial: { readonly id: string; readonly timeoutMs: number }): Promise<void> => {
  const folder = join(settings.stateDir, 'network');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = await open(join(folder, 'watch.log'), 'a', 0o600);
  const [program = process.execPath, ...before] = selfCommand();
  const own = ['--trial', trial.id, '--timeout-ms', String(trial.timeoutMs), '--parent', String(process.pid)];
  const child = spawn(program, [...before, 'hostd', 'watch-network', ...own, ...networkOptions(settings)], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', 'pipe', log.fd],
  });
  await log.close();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (why: string): void =>
    reject(new DriverError('failed', `the watchdog of a change of the management could not be started: ${why}`));
  child.once('error', error => failed(messageOf(error)));
  child.once('exit', code => failed(`it ended with status ${code}; ${join(folder, 'watch.log')} may say why`));
  child.stdout?.once('data', () => resolve());
  const late = AbortSignal.timeout(READY_TIMEOUT_MS);
  late.addEventListener('abort', () => failed('it did not answer in time'), { once: true });
  try {
    await promise;
  } finally {
    child.stdout?.destroy();
    child.unref();
  }
};
