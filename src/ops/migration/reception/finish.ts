// After the commit: the guest is let run, and what only served the journey is removed. Forward only, each part can be repeated.

import { change } from '../../change.ts';
import type { Services } from '../../context.ts';
import { refreshHostMemory } from '../../host/memory.ts';
import { refreshSr } from '../../sr/sizes.ts';
import { applyScheduling } from '../../vm/scheduling.ts';
import { portOf } from '../../vm/spec.ts';
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

/** Its NICs were plugged when it began to arrive: a lock that was changed since then is in the records. It must not run without. */
async function lockPorts({ db, network, log }: Services, guest: string): Promise<void> {
  const vm = db.byUuid('VM', guest);
  const vifs = vm === undefined ? [] : db.need('VM', vm).VIFs.filter(vif => db.need('VIF', vif).currently_attached);
  // The switch does not answer, so nothing passes it; it is brought in line when it does.
  for (const result of await Promise.allSettled(vifs.map(vif => network.plug(portOf(db, vif)))))
    if (result.status === 'rejected')
      log.error('a port of a guest that arrived is not locked as it should be', { vm: guest, error: result.reason });
}

/** A guest that died since its commit is not started again: it ended like any guest that dies. */
async function activate(services: Services, record: ReceptionRecord): Promise<void> {
  const { hypervisor, log } = services;
  if (record.guest === null || record.run === 'not') return;
  if ((await hypervisor.status(record.guest)) === undefined) {
    log.error('a guest that had arrived is gone', { reception: record.id, vm: record.vm.name });
    return;
  }
  await lockPorts(services, record.guest);
  await hypervisor.migration.activate(record.guest, { paused: record.run === 'paused' });
  await schedule(services, record.guest);
}

/** It came without the CPUs and the share that it had over there. It runs, whatever comes of this. */
async function schedule(services: Services, guest: string): Promise<void> {
  const vm = services.db.byUuid('VM', guest);
  if (vm === undefined) return;
  await applyScheduling(services, services.db.need('VM', vm)).catch((error: unknown) =>
    services.log.error('a guest that arrived does not have its share of the CPUs', { vm: guest, error }),
  );
}
