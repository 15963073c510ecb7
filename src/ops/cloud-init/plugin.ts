// The plugin `cloud-init`, function `seed`: gives a halted VM a small read-only disk with its first-boot configuration.
//
//   volume.create · cloud-init.fill · commit* (VDI, VBD)
//
// A disk and not a CD: images made for clouds often lack drivers for CD drives. What is on it is in no record and in no journal, since it may
// hold passwords: the image is made before the plan begins, and the plan knows its path only.

import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Reader } from '../../db/db.ts';
import { makeSeedImage } from '../../drivers/storage/image/seed-image.ts';
import type { PlannedStep, StepKind } from '../../engine/types.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, Services } from '../context.ts';
import { runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { assertSrAttached } from '../sr/attached.ts';
import { refreshSr } from '../sr/sizes.ts';
import { srDriver, volumeSteps } from '../steps/volumes.ts';
import { newVdi } from '../vdi/record.ts';
import { seedFiles } from './files.ts';

const MIB = 1024 * 1024;
/** Disks of a guest have numbers up to this one; the data disk takes the highest that is free, out of the way of others. */
const LAST_DEVICE = 15;

type FillArgs = { readonly sr: string; readonly volume: string; readonly image: string };

const fill = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'cloud-init.fill',
  run: async (context, json) => {
    const { sr, volume, image } = fromJson<FillArgs>(json);
    await srDriver(services, sr).importFrom(volume, { path: image, format: 'raw' }, { signal: context.signal });
    return null;
  },
  undo: async (_context, json) => rm(fromJson<FillArgs>(json).image, { force: true }),
});

export const cloudInitKinds = (services: Services): readonly StepKind<JsonObject, null>[] => [fill(services)];

const runDir = (services: Services): string => join(services.settings.stateDir, 'run');

const freeDevice = (db: Reader, vm: Ref<'VM'>): string => {
  const taken = new Set(db.need('VM', vm).VBDs.map(vbd => db.need('VBD', vbd).userdevice));
  for (let device = LAST_DEVICE; device >= 0; device -= 1) if (!taken.has(String(device))) return String(device);
  throw new XenError('OPERATION_NOT_ALLOWED', [`the VM has no free disk number up to ${LAST_DEVICE}`]);
};

const planOf = (db: Reader, vm: Ref<'VM'>, sr: Ref<'SR'>, uuid: string, image: string, imageBytes: number) => {
  const sizeBytes = Math.ceil(imageBytes / MIB) * MIB;
  const name = 'cloud-init';
  const description = `First-boot configuration of ${db.need('VM', vm).name_label}`;
  const commit = new CommitBuilder();
  const vdi = commit.insert(
    'VDI',
    freshRef<'VDI'>(),
    newVdi({ uuid, SR: sr, virtual_size: sizeBytes, name_label: name, name_description: description, type: 'user' }),
  );
  commit.insert('VBD', freshRef<'VBD'>(), {
    VM: vm,
    VDI: vdi,
    userdevice: freeDevice(db, vm),
    bootable: false,
    mode: 'RO',
    type: 'Disk',
    unpluggable: true,
    empty: false,
    other_config: { owner: '' },
  });
  const srUuid = db.need('SR', sr).uuid;
  const filling: FillArgs = { sr: srUuid, volume: uuid, image };
  const steps: readonly PlannedStep[] = [
    volumeSteps.create(`volume-${uuid}`, { sr: srUuid, spec: { id: uuid, sizeBytes, name, description, type: 'user' } }),
    { id: 'fill', kind: 'cloud-init.fill', label: 'writing the configuration', weight: 2, args: toJson(filling) },
    commitStep('commit', 'recording the disk', commit.build()),
  ];
  return { kind: 'VM.cloud_init_seed', locks: [vm], steps, pivot: 'commit' };
};

/** The uuid of the disk. */
export const seed = async (call: Call, args: Readonly<Record<string, string>>): Promise<string> => {
  const { services, signal } = call;
  const { db, self } = services;
  const vm = db.byUuid('VM', args['vm'] ?? '');
  if (vm === undefined) throw new XenError('UUID_INVALID', ['VM', args['vm'] ?? '']);
  const record = db.need('VM', vm);
  if (record.is_a_template) throw new XenError('VM_IS_TEMPLATE', [vm]);
  if (record.power_state !== 'Halted') throw new XenError('VM_BAD_POWER_STATE', [vm, 'halted', record.power_state.toLowerCase()]);
  const { default_SR: standard } = db.need('pool', self.pool);
  const sr = args['sr'] === undefined ? standard : db.byUuid('SR', args['sr']);
  if (sr === undefined) throw new XenError('UUID_INVALID', ['SR', args['sr'] ?? '']);
  if (isNullRef(sr) || !db.get('SR', sr)) throw new XenError('DEFAULT_SR_NOT_FOUND', [sr]);
  assertSrAttached(db, sr);
  const files = seedFiles(
    record,
    args,
    record.VIFs.map(vif => db.need('VIF', vif)),
  );
  const uuid = freshUuid();
  await mkdir(runDir(services), { recursive: true, mode: 0o700 });
  const image = join(runDir(services), `seed-${uuid}.iso`);
  try {
    await makeSeedImage(image, files, { signal });
    await runPlan(call, planOf(db, vm, sr, uuid, image, (await stat(image)).size));
  } finally {
    await rm(image, { force: true });
  }
  await refreshSr(services, sr);
  return uuid;
};
