// A trial as a document of the database: written in the same transaction as the change itself, so that the one is never there without
// the other, and taken away with it.

import type { Reader, Tx } from '../../../db/db.ts';
import type { HostAddress, HostNetwork } from '../../../drivers/network.ts';
import { fromJson, toJson } from '../../plan-json.ts';
import type { Edit } from '../edits.ts';

export interface TrialRecord {
  readonly id: string;
  readonly timeoutMs: number;
  readonly before: HostNetwork;
  /** Of all changes since the host was last known to be reached, oldest first. */
  readonly edits: readonly Edit[];
  /** By the uuid of a network: addresses that stay on it until the trial has ended. */
  readonly leaving: Readonly<Record<string, readonly HostAddress[]>>;
}

const [NAMESPACE, KEY] = ['network-trial', 'current'];

export const trialRecord = (db: Reader): TrialRecord | undefined => {
  const doc = db.doc(NAMESPACE, KEY);
  return doc === undefined || doc === null ? undefined : fromJson<TrialRecord>(doc);
};

export const putTrialRecord = (tx: Tx, record: TrialRecord): void => tx.putDoc(NAMESPACE, KEY, toJson(record));

export const deleteTrialRecord = (tx: Tx): void => tx.deleteDoc(NAMESPACE, KEY);
