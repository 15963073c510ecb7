// After an operation on a VM: the messages that the system left about it since, if they are urgent enough.

import { isXenError } from '../model/error.ts';
import type { Context } from './context.ts';
import type { Selected } from './selectors.ts';

const DEFAULT_PRIORITY = 5;

/** Does `operation`, then tells on stderr what was noted about the VM meanwhile. */
export const withMessages = async <T>(context: Context, item: Selected, operation: () => Promise<T>): Promise<T> => {
  const since = apiTime(new Date());
  const result = await operation();
  await tellMessages(context, item, since);
  return result;
};

const tellMessages = async (context: Context, item: Selected, since: string): Promise<void> => {
  const limit = context.args.has('message-priority') ? context.args.int('message-priority') : DEFAULT_PRIORITY;
  const session = await context.session();
  try {
    const found = await session.call('message.get', { cls: 'VM', obj_uuid: String(item.record['uuid']), since });
    for (const message of Object.values(found)) {
      if (Number(message.priority) < limit)
        context.out.warn(`Message: time=${message.timestamp} priority=${message.priority} name='${message.name}'\n`);
    }
  } catch (error) {
    // The operation succeeded; a server that keeps no messages has nothing to add.
    if (!isXenError(error)) throw error;
  }
};

/** `20240131T12:34:56Z`. */
export const apiTime = (date: Date): string =>
  date
    .toISOString()
    .replaceAll('-', '')
    .replace(/\.\d+Z$/, 'Z');
