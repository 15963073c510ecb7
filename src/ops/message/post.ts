// Messages to people (alerts): objects of the class message, kept in the database like all others, so that whoever follows events hears
// of each. A message never changes; the oldest make room for new ones.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';
import { timeText } from '../refs.ts';

export type Message = RecordOf<'message'>;
type MessageFields = Pick<Message, 'name' | 'priority' | 'cls' | 'obj_uuid' | 'body'>;

const maxMessages = 10_000;

/** All messages, newest first; those of one second in the reverse order of their arrival. */
export const messagesOf = (db: Reader): readonly (readonly [Ref<'message'>, Message])[] =>
  [...db.all('message')].reverse().sort(([, a], [, b]) => (a.timestamp === b.timestamp ? 0 : a.timestamp < b.timestamp ? 1 : -1));

export const postMessage = (services: Services, fields: MessageFields): Promise<Ref<'message'>> =>
  services.db.transaction(tx => {
    const ref = tx.insert('message', { ...fields, timestamp: timeText() });
    if (tx.count('message') > maxMessages) for (const [old] of messagesOf(tx).slice(maxMessages)) tx.delete('message', old);
    return ref;
  });
