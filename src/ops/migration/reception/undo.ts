// Takes back all that a reception made, last first. Every part can be repeated, and none needs more than the record. A guest or a
// volume is only ever named in a record that made it, so nothing of others is touched.

import type { Db } from '../../../db/db.ts';
import type { Services } from '../../context.ts';
import { type ReceptionRecord, type ReceivedVolume, writeReception } from './record.ts';

type Parts = Pick<Services, 'db' | 'hypervisor' | 'network' | 'attachedSrs'>;

/** Idempotent. Rejects with the first thing that would not go; then it is tried again later. */
export async function undoReception(services: Parts, record: ReceptionRecord): Promise<ReceptionRecord> {
  if (record.guest !== null) await services.hypervisor.destroy(record.guest);
  for (const port of record.ports) await services.network.unplug(port);
  const owner = record.guest;
  for (const { sr, id } of record.borrowed) if (owner !== null) await services.attachedSrs.get(sr)?.detach(id, { owner });
  for (const volume of record.volumes.toReversed()) await dropVolume(services, volume);
  return save(services.db, { ...record, state: 'aborted', guest: null, ports: [], volumes: [], borrowed: [] });
}

/** A volume of an SR that is no longer attached here stays on it until its next scan: there is no one to ask. */
export async function dropVolume({ attachedSrs }: Parts, volume: ReceivedVolume): Promise<void> {
  const sr = attachedSrs.get(volume.sr);
  if (sr === undefined) return;
  if (volume.exported) await sr.closeExport(volume.id);
  if (volume.owner !== null) await sr.detach(volume.id, { owner: volume.owner });
  await sr.destroy(volume.id);
}

const save = async (db: Db, record: ReceptionRecord): Promise<ReceptionRecord> => {
  await db.transaction(tx => writeReception(tx, record));
  return record;
};
