// VDI.pool_migrate: a disk goes to another SR of this host, under its running guest or at rest.
//
//   live:     make the volume · open it · move* · commit · close and drop the old one
//   at rest:  copy into a new volume · commit* · drop the old one
//
// `move` is where there is no way back: from then on the guest writes to the new volume only. Whether it came to that the guest's
// own disk tells.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { Plan, PlannedStep, StepKind } from '../../engine/types.ts';
import type { BoundParamsOf, RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { type Commit, CommitBuilder, commitStep } from '../commit.ts';
import type { Call, Services } from '../context.ts';
import { assertVdi, holding, runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { assertSrAttached } from '../sr/attached.ts';
import { featuresOf } from '../sr/features.ts';
import { refreshSr } from '../sr/sizes.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { newVdi } from '../vdi/record.ts';
import { parseOptions } from './options.ts';
import { portable } from './portable.ts';
import { telling } from './steps/kinds.ts';

const MIB = 1024 * 1024;
const MOVE = 'migration.moveDisk';
const OPEN = 'open';

interface MoveArgs {
  readonly guest: string;
  readonly diskId: string;
  readonly bandwidthBytesPerSecond?: number;
}

export const vdiMoveKind = ({ hypervisor }: Services): StepKind => {
  const targetOf = (results: ReadonlyMap<string, unknown>): VolumeSource =>
    fromJson<VolumeSource>(toJson({ source: results.get(OPEN) })['source']);
  return {
    kind: MOVE,
    async run(context, json) {
      const { guest, diskId, bandwidthBytesPerSecond } = fromJson<MoveArgs>(json);
      await hypervisor.moveDisk(guest, diskId, targetOf(context.results), {
        signal: context.signal,
        onProgress: telling(context),
        ...(bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond }),
      });
      return null;
    },
    async settle(context, json) {
      const { guest, diskId } = fromJson<MoveArgs>(json);
      return (await hypervisor.activeLayer(guest, diskId)) === targetOf(context.results).path ? 'done' : 'undone';
    },
  };
};

/** The guest that has the disk open for writing; throws VDI_IN_USE for other uses. */
function writerOf(
  db: Reader,
  ref: Ref<'VDI'>,
  vdi: RecordOf<'VDI'>,
): { readonly guest: string; readonly vm: Ref<'VM'>; readonly diskId: string } | undefined {
  const users = vdi.VBDs.map(vbd => db.need('VBD', vbd)).filter(vbd => vbd.currently_attached);
  const [only] = users;
  if (only === undefined) return undefined;
  if (users.length > 1 || only.mode !== 'RW' || only.type === 'CD') throw new XenError('VDI_IN_USE', [ref, 'mirror']);
  return { guest: db.need('VM', only.VM).uuid, vm: only.VM, diskId: only.uuid };
}

/** The new record takes the old one's place with every VBD and every snapshot. */
function replacement(db: Reader, old: Ref<'VDI'>, made: Ref<'VDI'>, uuid: string, sr: Ref<'SR'>): Commit {
  const vdi = db.need('VDI', old);
  const commit = new CommitBuilder();
  const fields = fromJson<Partial<RecordOf<'VDI'>>>(portable('VDI', vdi));
  commit.insert(
    'VDI',
    made,
    newVdi({ ...fields, uuid, location: uuid, SR: sr, virtual_size: vdi.virtual_size, snapshot_of: vdi.snapshot_of }),
  );
  for (const vbd of vdi.VBDs) commit.update('VBD', vbd, { VDI: made });
  for (const snapshot of vdi.snapshots) commit.update('VDI', snapshot, { snapshot_of: made });
  for (const vm of db.referrers('VM', 'suspend_VDI', old)) commit.update('VM', vm, { suspend_VDI: made });
  commit.delete('VDI', old);
  return commit.build();
}

export interface VdiMove {
  readonly vdi: Ref<'VDI'>;
  readonly sr: Ref<'SR'>;
  readonly made: Ref<'VDI'>;
  readonly uuid: string;
  readonly bandwidthBytesPerSecond?: number;
}

/** Pure. */
export function planVdiMove(db: Reader, { vdi: ref, sr, made, uuid, bandwidthBytesPerSecond }: VdiMove): Plan {
  const vdi = db.need('VDI', ref);
  const [from, to] = [db.need('SR', vdi.SR).uuid, db.need('SR', sr).uuid];
  const spec = { id: uuid, sizeBytes: vdi.virtual_size, name: vdi.name_label, description: vdi.name_description, type: vdi.type };
  const writer = writerOf(db, ref, vdi);
  const commit = commitStep('commit', 'recording the disk', replacement(db, ref, made, uuid, sr));
  const drop = volumeSteps.destroy('drop', { sr: from, volume: vdi.uuid });
  if (writer === undefined) {
    const copy = volumeSteps.copy('copy', { sr: from, from: vdi.uuid, targetSr: to, spec });
    return { kind: 'VDI.pool_migrate', locks: [ref], steps: [copy, commit, drop], pivot: commit.id };
  }
  const owner = writer.guest;
  const move: PlannedStep = {
    id: 'move',
    kind: MOVE,
    label: 'copying disk data',
    weight: Math.max(10, Math.round(vdi.virtual_size / MIB)),
    args: toJson({
      guest: writer.guest,
      diskId: writer.diskId,
      ...(bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond }),
    } satisfies MoveArgs),
  };
  const steps = [
    volumeSteps.create('create', { sr: to, spec }),
    volumeSteps.attach(OPEN, { sr: to, volume: uuid, owner, readOnly: false }),
    move,
    commit,
    volumeSteps.detach('close', { sr: from, volume: vdi.uuid, owner, readOnly: false }),
    drop,
  ];
  return { kind: 'VDI.pool_migrate', locks: [ref, writer.vm], steps, pivot: move.id };
}

/** Gives the disk's new record. A disk that is on that SR already stays, and keeps its own. */
export async function migrateVdi(call: Call, { vdi, sr, options }: BoundParamsOf<'VDI.pool_migrate'>): Promise<Ref<'VDI'>> {
  const { services } = call;
  const { db } = services;
  const from = db.need('VDI', vdi).SR;
  db.need('SR', sr);
  if (from === sr) return vdi;
  assertSrAttached(db, from);
  assertSrAttached(db, sr);
  if (!featuresOf(db, sr).has('VDI_CREATE')) throw new XenError('SR_DOES_NOT_SUPPORT_MIGRATION', [sr, 'VDI_CREATE']);
  const { bandwidthBytesPerSecond } = parseOptions(options, call.log);
  const made = freshRef<'VDI'>();
  const move: VdiMove = { vdi, sr, made, uuid: freshUuid(), ...(bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond }) };
  await holding(
    call,
    [{ cls: 'VDI', ref: vdi, op: 'mirror' }],
    tx => {
      const record = assertVdi(tx, vdi, 'mirror');
      if (record.cbt_enabled) throw new XenError('VDI_CBT_ENABLED', [vdi]);
    },
    () => runPlan(call, planVdiMove(db, move)),
    { vdi, sr },
  );
  await refreshSr(services, from);
  await refreshSr(services, sr);
  return made;
}
