// Messages to people (alerts). The model keeps them out of its tables, so they are private documents of the database, one per message;
// the oldest make room.

import type { Ref } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import { handleInvalid } from '../../model/error.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { asRef, freshRef, freshUuid, timeText } from '../refs.ts';

export type Message = RecordOf<'message'>;
type MessageFields = Pick<Message, 'name' | 'priority' | 'cls' | 'obj_uuid' | 'body'>;

/** `atMs` orders messages of one second. */
type Stored = { readonly atMs: number; readonly message: Message };

const namespace = 'messages';
const maxMessages = 10_000;

/** All messages, newest first. */
export const messagesOf = (db: Reader): readonly (readonly [Ref<'message'>, Message])[] =>
  [...db.docs(namespace)]
    .map(([key, value]) => [asRef<'message'>(key), fromJson<Stored>(value)] as const)
    .reverse()
    .sort(([, a], [, b]) => b.atMs - a.atMs)
    .map(([ref, { message }]) => [ref, message]);

/** Throws HANDLE_INVALID. */
export const messageOf = (db: Reader, ref: Ref<'message'>): Message => {
  const found = db.doc(namespace, ref);
  if (found === undefined) throw handleInvalid('message', ref);
  return fromJson<Stored>(found).message;
};

/** Throws HANDLE_INVALID. */
export const dropMessage = (tx: Tx, ref: Ref<'message'>): void => {
  messageOf(tx, ref);
  tx.deleteDoc(namespace, ref);
};

export const postMessage = (services: Services, fields: MessageFields): Promise<Ref<'message'>> =>
  services.db.transaction(tx => {
    const ref = freshRef<'message'>();
    const message: Message = { ...fields, uuid: freshUuid(), timestamp: timeText() };
    tx.putDoc(namespace, ref, toJson({ atMs: Date.now(), message } satisfies Stored));
    for (const [old] of messagesOf(tx).slice(maxMessages)) tx.deleteDoc(namespace, old);
    return ref;
  });
