// Which templates a pool is given: all at its first start, and those that a newer program brings at the first start after the upgrade. One that
// an admin has removed or changed since stays as he left it.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { templateRecord } from './record.ts';
import { templateRows } from './rows.ts';

/** In the pool's other_config: the revision of the list that it has been given. A pool without it was made with the first. */
export const revisionKey = 'xcp-template-revision';

/** Raise it when rows are added, and give those the new number as `since`. */
const revision = 2;
const firstRevision = 1;

const insertSince = (tx: Tx, since: number): void => {
  for (const row of templateRows) {
    if ((row.since ?? revision) > since) tx.insert('VM', templateRecord(row, tx.insert('VM_metrics', {})));
  }
};

/** For a new pool. */
export const insertTemplates = (tx: Tx, pool: Ref<'pool'>): void => {
  insertSince(tx, 0);
  tx.update('pool', pool, { other_config: { ...tx.need('pool', pool).other_config, [revisionKey]: String(revision) } });
};

/** For a pool that was made earlier, perhaps by an older program. */
export const addNewTemplates = (tx: Tx, pool: Ref<'pool'>): void => {
  const config = tx.need('pool', pool).other_config;
  const known = Number(config[revisionKey] ?? firstRevision);
  if (known >= revision) return;
  insertSince(tx, known);
  tx.update('pool', pool, { other_config: { ...config, [revisionKey]: String(revision) } });
};
