// After the commit: the guest is let run, and what only served the journey is removed. Forward only, each part can be repeated.

import { change } from '../../change.ts';
import type { Services } from '../../context.ts';
import { refreshHostMemory } from '../../host/memory.ts';
import { refreshSr } from '../../sr/sizes.ts';
import { dropVolume } from './undo.ts';
import { type ReceptionRecord, writeReception } from './record.ts';

export async function finishReception(services: Services, record: ReceptionRecord): Promise<ReceptionRecord> {
  if (record.finished) return record;
  await activate(services, record);
  for (const volume of record.volumes) if (volume.carrier) await dropVolume(services, volume);
  await recordSizes(services, record);
  const finished: ReceptionRecord = { ...record, finished: true, guest: null, volumes: [], ports: [], borrowed: [] };
  await services.db.transaction(tx => writeReception(tx, finished));
  return finished;
}

/** What the volumes occupy here is for this host's SRs to say. */
async function recordSizes(services: Services, { volumes }: ReceptionRecord): Promise<void> {
  const { db, attachedSrs } = services;
  for (const { id, sr } of volumes) {
    const info = await attachedSrs.get(sr)?.volume(id);
    await change(db, tx => {
      const vdi = tx.byUuid('VDI', id);
      if (vdi !== undefined && info !== undefined) tx.update('VDI', vdi, { physical_utilisation: info.utilisationBytes });
    });
  }
  for (const uuid of new Set(volumes.map(volume => volume.sr))) {
    const sr = db.byUuid('SR', uuid);
    if (sr !== undefined) await refreshSr(services, sr);
  }
  await refreshHostMemory(services);
}

/** A guest that died since its commit is not started again: it ended like any guest that dies. */
async function activate({ hypervisor, log }: Services, record: ReceptionRecord): Promise<void> {
  if (record.guest === null || record.run === 'not') return;
  if ((await hypervisor.status(record.guest)) === undefined) {
    log.error('a guest that had arrived is gone', { reception: record.id, vm: record.vm.name });
    return;
  }
  await hypervisor.migration.activate(record.guest, { paused: record.run === 'paused' });
}
