// What has happened since a token, for one filter: pure reading of the database.
//
// The token given back is the newest change that was told, so a filter that saw nothing keeps its token and the same state always
// gives the same token. A token that fell far behind while nothing matched moves up, so that no scan grows without bound.

import type { Change, Db } from '../../db/db.ts';
import type { Ref } from '../../lib/brand.ts';
import type { ClassName } from '../../model/index.ts';
import { type WireEvent, wireEvent } from './event.ts';
import type { EventFilter } from './filter.ts';

export interface Collected {
  readonly events: readonly WireEvent[];
  /** Where the next call goes on. */
  readonly generation: number;
}

const MAX_DISTANCE = 5000;

export const collect = (db: Db, filter: EventFilter, since: number): Collected => {
  const changes = since === 0 ? undefined : db.changesSince(since, (cls, ref) => filter.matches(cls, ref));
  const wanted = changes ?? wholeState(db, filter);
  if (wanted.length === 0) return { events: [], generation: db.generation - since > MAX_DISTANCE ? db.generation : since };
  // From the beginning nothing can have been deleted; a deletion's own generation is not known, but it is not after now.
  let newest = changes === undefined ? 0 : since;
  const events: WireEvent[] = [];
  for (const op of ['add', 'mod', 'del'] as const) {
    for (const change of wanted) {
      if (change.op !== op) continue;
      const generation = op === 'del' ? db.generation : db.generationOf(change.cls, change.ref);
      if (generation > newest) newest = generation;
      events.push(wireEvent(change, generation));
    }
  }
  return { events, generation: newest };
};

const wholeState = (db: Db, filter: EventFilter): readonly Change[] => {
  const found: Change[] = [];
  for (const cls of filter.wholeClasses) {
    const refs = [...db.all(cls)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [ref, record] of refs) found.push(added(cls, ref, record));
  }
  for (const { cls, ref } of filter.objects) {
    const record = findObject(db, cls, ref);
    if (record !== undefined) found.push(added(cls, ref as Ref, record));
  }
  return found.length > 1 && filter.objects.length > 1 ? found.sort(byClassAndRef) : found;
};

const added = (cls: ClassName, ref: Ref, record: object): Change => ({ cls, ref, op: 'add', record: record as Change['record'] });

const findObject = (db: Db, cls: ClassName, ref: string): object | undefined => db.get(cls, ref as Ref<typeof cls>);

const byClassAndRef = (a: Change, b: Change): number => {
  const left = `${a.cls.toLowerCase()}/${a.ref}`;
  return left < `${b.cls.toLowerCase()}/${b.ref}` ? -1 : 1;
};
