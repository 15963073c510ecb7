// Tells when the host's addresses have changed: by the kernel's own word (`ip monitor`), and by the leases that DHCP clients write down.
// Changes that come together are told once.

import type { ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { retry } from '../../../lib/retry.ts';
import type { Logger } from '../../../lib/logger.ts';
import { startTool } from '../../tool.ts';

const GATHER_MS = 20;

export interface AddressNews {
  close(): void;
}

export const followAddresses = (options: {
  readonly leaseDirectory: string;
  readonly log: Logger;
  readonly onNews: (kind: 'kernel' | 'lease') => void;
}): AddressNews => {
  const { leaseDirectory, log, onNews } = options;
  const over = new AbortController();
  const pending = new Set<'kernel' | 'lease'>();
  const tell = (kind: 'kernel' | 'lease'): void => {
    if (pending.has(kind) || over.signal.aborted) return;
    pending.add(kind);
    void delay(GATHER_MS, undefined, { ref: false }).then(() => {
      pending.delete(kind);
      if (!over.signal.aborted) onNews(kind);
    });
  };
  const watcher = watch(leaseDirectory, { persistent: false }, (_event, file) => {
    if (file?.endsWith('.lease') === true) tell('lease');
  });
  watcher.on('error', error => log.warn('leases of DHCP are not watched any more', { error }));
  let child: ChildProcess | undefined;
  const monitor = async (): Promise<void> => {
    const started = await startTool('ip', ['-oneline', 'monitor', 'address'], { bound: true });
    child = started;
    if (over.signal.aborted) started.kill('SIGKILL');
    started.stdout?.on('data', () => tell('kernel'));
    const { promise, reject } = Promise.withResolvers<void>();
    started.once('error', reject);
    started.once('close', code => reject(new Error(`ip monitor ended with status ${code}`)));
    // Between two monitors something may have happened.
    tell('kernel');
    await promise;
  };
  retry(monitor, { signal: over.signal, onFailure: error => log.debug('the watch of the addresses begins again', { error }) }).catch(
    (error: unknown) => {
      if (!over.signal.aborted) log.warn('addresses are not watched any more', { error });
    },
  );
  return {
    close() {
      over.abort();
      watcher.close();
      child?.kill('SIGKILL');
    },
  };
};
