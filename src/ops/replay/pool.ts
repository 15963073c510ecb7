// A recorded pool as it comes from the file, and the order in which its objects go into a database so that the sets which follow from
// references come out as they were recorded: the database puts the newest member first.

import { isClassName, relations } from '../../model/index.ts';

export type RecordedObjects = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Class → reference → record. */
export type RecordedPool = ReadonlyMap<string, RecordedObjects>;

const NONE: RecordedObjects = new Map();

export const objectsOf = (pool: RecordedPool, cls: string): RecordedObjects => pool.get(cls) ?? NONE;

/** For each object those that must be in the database before it. */
const predecessors = (pool: RecordedPool, cls: string): ReadonlyMap<string, readonly string[]> => {
  const before = new Map<string, string[]>();
  for (const { from, to } of relations) {
    if (from.cls !== cls || !isClassName(to.cls)) continue;
    for (const record of objectsOf(pool, to.cls).values()) {
      const members = record[to.field];
      if (!Array.isArray(members)) continue;
      const refs = members.map(String);
      refs.slice(0, -1).forEach((ref, i) => {
        const list = before.get(ref) ?? [];
        list.push(refs[i + 1] ?? '');
        before.set(ref, list);
      });
    }
  }
  return before;
};

/** The references of a class, the first to go in first. Where two sets contradict each other, the order of the file decides. */
export const insertionOrder = (pool: RecordedPool, cls: string): readonly string[] => {
  const objects = objectsOf(pool, cls);
  const before = predecessors(pool, cls);
  if (before.size === 0) return [...objects.keys()];
  const placed = new Set<string>();
  const entered = new Set<string>();
  for (const root of objects.keys()) {
    // Depth first, without recursion: a set may have tens of thousands of members.
    const stack = [root];
    for (let ref = stack.at(-1); ref !== undefined; ref = stack.at(-1)) {
      const next = entered.has(ref) ? undefined : before.get(ref)?.filter(other => objects.has(other) && !entered.has(other));
      entered.add(ref);
      if (next !== undefined && next.length > 0) stack.push(...next);
      else {
        stack.pop();
        placed.add(ref);
      }
    }
  }
  return [...placed];
};
