// Fills an empty database with a recorded pool, in one transaction. What this model does not know (fields of a newer server, values of
// another form) is left out, and the log says how much that was.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { accepts, schemas } from '../../db/schema.ts';
import type { ClassName } from '../../model/index.ts';
import type { Services } from '../context.ts';
import { insertionOrder, objectsOf, type RecordedPool } from './pool.ts';

/** Sessions belong to the process that opened them. */
const leftOut: ReadonlySet<ClassName> = new Set(['session']);

const known = (cls: ClassName, record: Readonly<Record<string, unknown>>, unknown: Set<string>): Readonly<Record<string, unknown>> => {
  const schema = schemas.get(cls);
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    if (schema && accepts(schema, name, value)) fields[name] = value;
    else unknown.add(`${cls}.${name}`);
  }
  return fields;
};

const insertClass = (tx: Tx, cls: ClassName, pool: RecordedPool, unknown: Set<string>): void => {
  const objects = objectsOf(pool, cls);
  for (const ref of insertionOrder(pool, cls)) tx.insert(cls, known(cls, objects.get(ref) ?? {}, unknown), ref as Ref<typeof cls>);
};

export const loadPool = async (services: Services, pool: RecordedPool): Promise<void> => {
  const unknown = new Set<string>();
  await services.db.transaction(tx => {
    for (const cls of schemas.keys()) if (!leftOut.has(cls)) insertClass(tx, cls, pool, unknown);
  });
  const classes = [...pool.keys()].filter(name => ![...schemas.keys()].some(cls => cls === name));
  if (unknown.size + classes.length > 0) {
    services.log.warn('parts of the recorded pool are not known here and left out', { classes, fields: [...unknown].slice(0, 100) });
  }
};
