// VDI.snapshot, clone and copy. A disk in a running guest is frozen for a moment: the frozen layer becomes the snapshot, the
// guest goes on writing above it.
//
//   at rest: snapshot or clone the volume · commit*
//   live:    prepare · freeze · frozen* · commit layer (· clone the snapshot · drop the snapshot) · commit record

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf } from '../context.ts';
import { assertVdi, holding, runPlan } from '../operation.ts';
import { freshRef, freshUuid, timeText } from '../refs.ts';
import { assertSrAttached } from '../sr/attached.ts';
import { refreshSr } from '../sr/sizes.ts';
import { type FreezeDisk, freezeSteps, frozenId } from '../steps/freeze.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { vdiLike } from './record.ts';

type Kind = 'snapshot' | 'clone';

/** The VBD through which a live guest writes to the disk. */
const writer = (db: Reader, vdi: RecordOf<'VDI'>): RecordOf<'VBD'> | undefined =>
  vdi.VBDs.map(ref => db.need('VBD', ref)).find(vbd => {
    const state = db.need('VM', vbd.VM).power_state;
    return vbd.currently_attached && vbd.mode === 'RW' && (state === 'Running' || state === 'Paused');
  });

const restSteps = (kind: Kind, sr: string, vdi: RecordOf<'VDI'>, to: string, time: string): readonly PlannedStep[] => [
  kind === 'snapshot'
    ? volumeSteps.snapshot('volume', { sr, from: vdi.uuid, to, time })
    : volumeSteps.clone('volume', { sr, from: vdi.uuid, to, name: vdi.name_label, description: vdi.name_description }),
];

const liveSteps = (kind: Kind, guest: string, disk: FreezeDisk, vdi: RecordOf<'VDI'>, to: string, time: string): readonly PlannedStep[] => {
  const freeze = freezeSteps(guest, [disk], time);
  if (kind === 'snapshot') return freeze;
  const { sr, snapshot } = disk;
  return [
    ...freeze,
    volumeSteps.clone('volume', { sr, from: snapshot, to, name: vdi.name_label, description: vdi.name_description }),
    volumeSteps.destroy('drop-snapshot', { sr, volume: snapshot }),
  ];
};

const thinPlan = (db: Reader, ref: Ref<'VDI'>, kind: Kind): { readonly plan: Plan; readonly made: Ref<'VDI'> } => {
  const vdi = db.need('VDI', ref);
  const sr = db.need('SR', vdi.SR).uuid;
  const uuid = freshUuid();
  const time = timeText();
  const made = freshRef<'VDI'>();
  const commit = new CommitBuilder();
  const asSnapshot = kind === 'snapshot' ? { is_a_snapshot: true, snapshot_of: ref, snapshot_time: time } : {};
  commit.insert('VDI', made, { ...vdiLike(vdi, { uuid, SR: vdi.SR, virtual_size: vdi.virtual_size }), ...asSnapshot });
  const vbd = writer(db, vdi);
  const disk: FreezeDisk = {
    vbd: vbd?.uuid ?? '',
    sr,
    volume: vdi.uuid,
    overlay: freshUuid(),
    snapshot: kind === 'snapshot' ? uuid : freshUuid(),
  };
  const steps = vbd ? liveSteps(kind, db.need('VM', vbd.VM).uuid, disk, vdi, uuid, time) : restSteps(kind, sr, vdi, uuid, time);
  return {
    plan: {
      kind: `VDI.${kind}`,
      locks: [ref, ...(vbd ? [vbd.VM] : [])],
      steps: [...steps, commitStep('commit', 'recording the disk', commit.build())],
      pivot: vbd ? frozenId : 'commit',
    },
    made,
  };
};

const thin = async (call: Call, ref: Ref<'VDI'>, kind: Kind): Promise<Ref<'VDI'>> => {
  const { services } = call;
  const { db } = services;
  const { SR: sr } = db.need('VDI', ref);
  assertSrAttached(db, sr);
  const made = await holding(
    call,
    [{ cls: 'VDI', ref, op: kind }],
    tx => {
      assertVdi(tx, ref, kind);
    },
    async () => {
      const { plan, made } = thinPlan(db, ref, kind);
      await runPlan(call, plan);
      return made;
    },
    { vdi: ref, sr },
  );
  await refreshSr(services, sr);
  return made;
};

const copy = async (call: Call, ref: Ref<'VDI'>, target: Ref<'SR'>): Promise<Ref<'VDI'>> => {
  const { services } = call;
  const { db } = services;
  const vdi = db.need('VDI', ref);
  assertSrAttached(db, vdi.SR);
  assertSrAttached(db, target);
  const uuid = freshUuid();
  const commit = new CommitBuilder();
  const made = commit.insert('VDI', freshRef<'VDI'>(), vdiLike(vdi, { uuid, SR: target, virtual_size: vdi.virtual_size }));
  const spec = { id: uuid, sizeBytes: vdi.virtual_size, name: vdi.name_label, description: vdi.name_description, type: vdi.type };
  const from = db.need('SR', vdi.SR).uuid;
  const plan: Plan = {
    kind: 'VDI.copy',
    locks: [ref],
    steps: [
      volumeSteps.copy('volume', { sr: from, from: vdi.uuid, targetSr: db.need('SR', target).uuid, spec }),
      commitStep('commit', 'recording the disk', commit.build()),
    ],
    pivot: 'commit',
  };
  await holding(
    call,
    [{ cls: 'VDI', ref, op: 'copy' }],
    tx => {
      assertVdi(tx, ref, 'copy');
    },
    () => runPlan(call, plan),
    { vdi: ref, sr: target },
  );
  await refreshSr(services, target);
  return made;
};

export const copyOps: OpsOf<'VDI'> = {
  snapshot: (call, { vdi }) => thin(call, vdi, 'snapshot'),
  clone: (call, { vdi }) => thin(call, vdi, 'clone'),
  copy: (call, { vdi, sr, into_vdi: into, base_vdi: base }) => {
    if (!isNullRef(into)) throw new XenError('VALUE_NOT_SUPPORTED', ['into_vdi', into, 'a copy always makes a new disk here']);
    if (!isNullRef(base)) throw new XenError('VALUE_NOT_SUPPORTED', ['base_vdi', base, 'a copy is always whole here']);
    const record = call.services.db.need('VDI', vdi);
    return copy(call, vdi, isNullRef(sr) ? record.SR : sr);
  },
};
