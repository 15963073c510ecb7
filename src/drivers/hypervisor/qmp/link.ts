// The link to the other host, which may fall silent without an error. Then only `yank` helps, sent out of band on the guest's second
// monitor: the first one may be blocked by the very operation that waits for the link.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { DriverError } from '../../hypervisor.ts';
import { objectsOf, textOf } from './answers.ts';
import { QmpError } from './errors.ts';
import type { LinkedGuest } from './guest.ts';
import { isTargetNode } from './nodes.ts';

export const STALL_MS = 10_000;
const YANK_TIMEOUT_MS = 5_000;
const AFTER_YANK_MS = 10_000;

/** How long this guest's link may bring nothing on. */
export const silenceOf = ({ silenceMs = STALL_MS }: LinkedGuest): number => silenceMs;

export type LinkPart = 'disks' | 'memory';

const isPart = (instance: JsonObject, parts: readonly LinkPart[]): boolean => {
  if (instance['type'] === 'migration') return parts.includes('memory');
  return instance['type'] === 'block-node' && parts.includes('disks') && isTargetNode(textOf(instance['node-name']));
};

/** Cuts this guest's connections to the other host. What waited for them fails at once. Idempotent. */
export const yank = async ({ second }: LinkedGuest, parts: readonly LinkPart[]): Promise<void> => {
  const options = { outOfBand: true, timeoutMs: YANK_TIMEOUT_MS };
  const instances = objectsOf(await second.execute('query-yank', {}, options)).filter(instance => isPart(instance, parts));
  // One by one: a connection that ends by itself at this moment is not there any more, and a command with it in would cut none.
  await Promise.all(instances.map(instance => second.execute('yank', { instances: [instance] }, options).catch(unlessNotThere)));
};

const unlessNotThere = (error: unknown): void => {
  if (!(error instanceof QmpError && error.errorClass === 'DeviceNotFound')) throw error;
};

/** Runs a command that may wait for the link, and cuts the link when it takes too long or is aborted; then the command ends too. */
export const executeOverLink = async (guest: LinkedGuest, command: string, args: JsonObject, signal: AbortSignal): Promise<Json> => {
  const silenceMs = silenceOf(guest);
  const limit = AbortSignal.timeout(silenceMs);
  const cut = Promise.withResolvers<void>();
  const onEnd = (): void => void yank(guest, ['disks', 'memory']).then(cut.resolve, cut.reject);
  const ending = AbortSignal.any([limit, signal]);
  ending.addEventListener('abort', onEnd, { once: true });
  if (ending.aborted) onEnd();
  cut.promise.catch(() => undefined);
  try {
    const answer = await guest.monitor.execute(command, args, { timeoutMs: silenceMs + AFTER_YANK_MS });
    signal.throwIfAborted();
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw new DriverError('unreachable', `${command}: the other host does not answer`, { cause: error });
    throw error;
  } finally {
    ending.removeEventListener('abort', onEnd);
  }
};

/** Notices that a transfer makes no headway. `check` throws DriverError `unreachable` after the link was silent for too long. */
export const createStallWatch = (guest: LinkedGuest, part: LinkPart): { check(doneBytes: number, isWaiting: boolean): void } => {
  const silenceMs = silenceOf(guest);
  let lastBytes = -1;
  let sinceMs = Date.now();
  return {
    check(doneBytes, isWaiting) {
      if (doneBytes !== lastBytes || !isWaiting) {
        lastBytes = doneBytes;
        sinceMs = Date.now();
      }
      if (Date.now() - sinceMs < silenceMs) return;
      // The operation itself then ends in error; a monitor that has gone as well is told by the wait for it.
      void yank(guest, [part]).catch(() => undefined);
      throw new DriverError('unreachable', `the other host has taken no data for ${silenceMs / 1000} seconds`);
    },
  };
};
