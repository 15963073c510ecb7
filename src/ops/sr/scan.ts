// SR.scan: the database learns what an SR really holds. Found volumes become VDIs, vanished ones go unless a guest has them open.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { VolumeInfo } from '../../drivers/storage.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { useOf } from '../vdi/allowed.ts';
import { deleteVdi } from '../vdi/create.ts';
import { vdiOfVolume } from '../vdi/record.ts';
import { attachedDriver } from './attached.ts';
import { refreshSr } from './sizes.ts';

const learn = (tx: Tx, sr: Ref<'SR'>, volumes: readonly VolumeInfo[]): void => {
  for (const volume of volumes) {
    const known = tx.byUuid('VDI', volume.id);
    if (known === undefined) tx.insert('VDI', vdiOfVolume(sr, volume));
    else tx.update('VDI', known, { virtual_size: volume.sizeBytes, physical_utilisation: volume.utilisationBytes, missing: false });
  }
  for (const volume of volumes) {
    const vdi = tx.byUuid('VDI', volume.id);
    const of = volume.snapshotOf === undefined ? undefined : tx.byUuid('VDI', volume.snapshotOf);
    if (vdi !== undefined && of !== undefined) tx.update('VDI', vdi, { snapshot_of: of });
  }
};

const forgetVanished = (tx: Tx, sr: Ref<'SR'>, volumes: readonly VolumeInfo[]): void => {
  const present = new Set(volumes.map(volume => volume.id));
  for (const ref of tx.need('SR', sr).VDIs) {
    const vdi = tx.need('VDI', ref);
    if (present.has(vdi.uuid)) continue;
    if (useOf(tx, vdi).attached || Object.keys(vdi.current_operations).length > 0) tx.update('VDI', ref, { missing: true });
    else deleteVdi(tx, ref);
  }
};

/** Brings the VDIs and sizes of an attached SR in line with what is there. */
export const scanSr = async (services: Services, sr: Ref<'SR'>): Promise<void> => {
  const known = new Set(services.db.need('SR', sr).VDIs.map(ref => services.db.need('VDI', ref).uuid));
  const volumes = await attachedDriver(services, sr).scan();
  await change(services.db, tx => {
    // A volume that a call is just making has no record yet: its own commit brings it.
    const settled = volumes.filter(volume => known.has(volume.id) || !isBeingMade(services, volume.id));
    learn(tx, sr, settled);
    forgetVanished(tx, sr, volumes);
  });
  await refreshSr(services, sr);
};

const isBeingMade = (services: Services, volume: string): boolean => {
  for (const [, plan] of services.db.docs('plans')) if (JSON.stringify(plan).includes(volume)) return true;
  return false;
};
