// Simulated content on its way to an export: a line of blocks, an answer, and so on.

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../lib/clock.ts';
import { DriverError } from '../../hypervisor.ts';
import type { CopyOptions, CopyTarget } from '../../storage.ts';
import { blockBytes } from './disks.ts';
import { inParts, lineOf } from './lines.ts';

const kinds = ['no-space', 'not-found', 'bad-config', 'failed'] as const;

type SendOptions = Pick<CopyOptions, 'signal' | 'bandwidthBytesPerSecond' | 'onProgress'>;

/** Writes blocks to an export that takes them; resolves when it has them all. */
export const sendBlocks = async (blocks: ReadonlyMap<number, string>, target: CopyTarget, options: SendOptions): Promise<void> => {
  const totalBytes = blocks.size * blockBytes;
  let sent = 0;
  const socket = target.kind === 'nbd' ? connect(target.port, target.host) : connect(target.path);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  socket.on('error', error => failed.reject(new DriverError('unreachable', `the other side does not answer: ${error.message}`)));
  socket.on('close', () => failed.reject(new DriverError('unreachable', 'the other side has closed the connection')));
  const onAbort = (): void => failed.reject(options.signal.reason);
  options.signal.addEventListener('abort', onAbort, { once: true });
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  try {
    options.signal.throwIfAborted();
    for (const part of inParts(blocks)) {
      socket.write(lineOf({ name: target.exportName, blocks: part }));
      const answer = await Promise.race([answers.next(), failed.promise]);
      const text: unknown = answer.value;
      if (text !== 'ok')
        throw new DriverError(kinds.find(kind => kind === text) ?? 'unreachable', `the other side answered: ${String(text)}`);
      const rate = options.bandwidthBytesPerSecond;
      if (rate !== undefined) await systemClock.sleep((part.length * blockBytes * 1000) / rate, { signal: options.signal });
      sent += part.length;
      options.onProgress?.({ doneBytes: sent * blockBytes, totalBytes });
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
};
