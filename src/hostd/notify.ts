// Tells the service manager that hostd is ready or stopping (sd_notify), through the systemd-notify program: Node has no unix
// datagram socket. Without NOTIFY_SOCKET in the environment nothing is done.

import { execFile } from 'node:child_process';
import type { Logger } from '../lib/logger.ts';

const TIMEOUT_MS = 5000;

export const notifyService = (state: 'READY=1' | 'STOPPING=1', env: NodeJS.ProcessEnv, log: Logger): Promise<void> => {
  if (env['NOTIFY_SOCKET'] === undefined) return Promise.resolve();
  return new Promise(resolve => {
    execFile('systemd-notify', [`--pid=${process.pid}`, state], { timeout: TIMEOUT_MS, env }, error => {
      if (error) log.warn('the service manager could not be told', { state, error });
      resolve();
    });
  });
};
