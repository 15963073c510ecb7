// What a destination remembers of a VM that is on its way in: a document, written before each thing it names is made. So whatever a
// crash leaves behind is named here, and can be taken back or finished by the next process.
//
//   open ──commit──► committed ──finish──► committed, finished ──close──► (forgotten)
//     └───abort────► aborting  ──undo────► aborted             ──close──► (forgotten)
//
// The decision is `committed` or `aborting`, each one durable write. An aborted reception is remembered, without details, until its
// source has heard of it.

import type { Reader, Tx } from '../../../db/db.ts';
import { integer, list, nullable, object, oneOf, type Shaped, text, truth } from '../shape.ts';

const NAMESPACE = 'receptions';

const named = object({ uuid: text, name: text });

const receptionRecordShape = object({
  id: text,
  state: oneOf('open', 'aborting', 'aborted', 'committed'),
  /** The session that the source calls with: opened again after a restart, so that it can ask how it ended. */
  session: text,
  vm: named,
  source: named,
  /** Where the streams arrive. */
  address: text,
  startedMs: integer,
  volumes: list(
    object({
      id: text,
      sr: text,
      /** Only carries data for other volumes. */
      carrier: truth,
      exported: truth,
      /** Who has it open, if someone has. */
      owner: nullable(text),
    }),
  ),
  guest: nullable(text),
  /** Volumes that are not the reception's own, opened for the guest: closed again, never dropped. */
  borrowed: list(object({ sr: text, id: text })),
  /** Kernel and ramdisk that the guest boots from here. */
  kernel: nullable(object({ kernelPath: text, ramdiskPath: text })),
  ports: list(text),
  /** Once committed: the VM here. */
  committedVm: nullable(text),
  run: oneOf('running', 'paused', 'not'),
  /** Nothing is left to do after the commit. */
  finished: truth,
});
export type ReceptionRecord = Shaped<typeof receptionRecordShape>;
export type ReceivedVolume = ReceptionRecord['volumes'][number];

export const newReception = (
  fields: Pick<ReceptionRecord, 'id' | 'session' | 'vm' | 'source' | 'address' | 'startedMs'>,
): ReceptionRecord => ({
  ...fields,
  state: 'open',
  volumes: [],
  guest: null,
  borrowed: [],
  kernel: null,
  ports: [],
  committedVm: null,
  run: 'not',
  finished: false,
});

export const readReception = (db: Reader, id: string): ReceptionRecord | undefined => {
  const doc = db.doc(NAMESPACE, id);
  return doc === undefined ? undefined : receptionRecordShape(doc, `reception ${id}`);
};

export const allReceptions = (db: Reader): readonly ReceptionRecord[] =>
  [...db.docs(NAMESPACE)].map(([id, doc]) => receptionRecordShape(doc, `reception ${id}`));

export const writeReception = (tx: Tx, record: ReceptionRecord): void => tx.putDoc(NAMESPACE, record.id, record);

export const forgetReception = (tx: Tx, id: string): void => {
  if (tx.doc(NAMESPACE, id) !== undefined) tx.deleteDoc(NAMESPACE, id);
};
