// One event as the wire has it, and the reply of event.from. A token is `<messages>,<generation>`: where the client stands.

import type { Change, Db } from '../../db/db.ts';
import { type ClassName, classNames } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { eventNames } from './filter.ts';

export interface WireEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly class: string;
  readonly operation: 'add' | 'mod' | 'del';
  readonly ref: string;
  /** Only in event.next. */
  readonly obj_uuid?: string;
  /** The whole record; absent for `del`. */
  readonly snapshot?: Readonly<Record<string, unknown>>;
}

export interface EventBatch {
  readonly events: readonly WireEvent[];
  readonly valid_ref_counts: Readonly<Record<string, number>>;
  readonly token: string;
}

/** XenAPI's servers have long given no time; clients read the snapshot's own times. */
const TIMESTAMP = '0.0';

export const wireEvent = (change: Change, generation: number): WireEvent => {
  const head = {
    id: String(generation),
    timestamp: TIMESTAMP,
    class: eventNames.get(change.cls) ?? change.cls,
    operation: change.op,
    ref: change.ref,
  };
  return change.op === 'del' ? head : { ...head, snapshot: change.record };
};

/** How many objects of each class there are: a client that counts otherwise has missed something. */
export const refCounts = (db: Db): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const cls of classNames) counts[countName(cls)] = db.count(cls);
  return counts;
};

const countNames = new Map<ClassName, string>(classNames.map(cls => [cls, cls.toLowerCase()]));
const countName = (cls: ClassName): string => countNames.get(cls) ?? cls;

export const tokenText = (generation: number): string => `0,${generation}`;

/** The generation in a token; the empty token is the beginning. */
export const parseToken = (token: string): number => {
  if (token === '') return 0;
  const match = /^\d{1,19},(\d{1,15})$/.exec(token);
  if (match?.[1] === undefined) throw new XenError('EVENT_FROM_TOKEN_PARSE_FAILURE', [token]);
  return Number(match[1]);
};
