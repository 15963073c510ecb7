// Messages to people (alerts). They outlive hostd as private documents and are in the table of messages while it runs, so that
// events tell of them; the oldest make room.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { asRef, timeText } from '../refs.ts';

type MessageFields = Pick<RecordOf<'message'>, 'name' | 'priority' | 'cls' | 'obj_uuid' | 'body'>;

const namespace = 'messages';
const maxMessages = 10_000;

const dropOldest = (tx: Tx): void => {
  const excess = tx.count('message') - maxMessages;
  if (excess <= 0) return;
  const oldest = [...tx.all('message')].sort(([, a], [, b]) => a.timestamp.localeCompare(b.timestamp)).slice(0, excess);
  for (const [ref] of oldest) dropMessage(tx, ref);
};

export const dropMessage = (tx: Tx, ref: Ref<'message'>): void => {
  tx.need('message', ref);
  tx.delete('message', ref);
  tx.deleteDoc(namespace, ref);
};

export const postMessage = (services: Services, fields: MessageFields): Promise<Ref<'message'>> =>
  change(services.db, tx => {
    const ref = tx.insert('message', { ...fields, timestamp: timeText() });
    tx.putDoc(namespace, ref, toJson(tx.need('message', ref)));
    dropOldest(tx);
    return ref;
  });

/** At start: the messages of the last life. */
export const loadMessages = (services: Services): Promise<void> =>
  change(services.db, tx => {
    for (const [key, value] of [...tx.docs(namespace)]) {
      const ref = asRef<'message'>(key);
      if (!tx.get('message', ref)) tx.insert('message', fromJson<Partial<RecordOf<'message'>>>(value), ref);
    }
  });
