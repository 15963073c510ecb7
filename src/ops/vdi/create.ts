// VDI.create, destroy, forget, introduce: a volume and its record come and go together.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef, nullRef } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { Plan } from '../../engine/types.ts';
import type { BoundParamsOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf } from '../context.ts';
import { mapped } from '../errors.ts';
import { assertVdi, holding, runPlan } from '../operation.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { assertSrAttached, attachedDriver } from '../sr/attached.ts';
import { featuresOf } from '../sr/features.ts';
import { refreshSr } from '../sr/sizes.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { newVdi, vdiOfVolume } from './record.ts';

/** Deletes the record of a disk that is no more: its VBDs go with it, CD drives become empty. */
export const deleteVdi = (tx: Tx, ref: Ref<'VDI'>): void => {
  for (const vbdRef of tx.need('VDI', ref).VBDs) {
    const vbd = tx.need('VBD', vbdRef);
    if (vbd.type === 'CD') tx.update('VBD', vbdRef, { VDI: nullRef(), empty: true });
    else tx.delete('VBD', vbdRef);
  }
  for (const snapshot of Array.from(tx.referrers('VDI', 'snapshot_of', ref))) tx.update('VDI', snapshot, { snapshot_of: nullRef() });
  for (const vm of Array.from(tx.referrers('VM', 'suspend_VDI', ref))) tx.update('VM', vm, { suspend_VDI: nullRef() });
  tx.delete('VDI', ref);
};

const create = async (call: Call, args: BoundParamsOf<'VDI.create'>['args']): Promise<Ref<'VDI'>> => {
  const { services } = call;
  const { db } = services;
  const sr = db.need('SR', args.SR);
  assertSrAttached(db, args.SR);
  if (!featuresOf(db, args.SR).has('VDI_CREATE')) throw new XenError('SR_OPERATION_NOT_SUPPORTED', [args.SR]);
  const uuid = freshUuid();
  const commit = new CommitBuilder();
  const vdi = commit.insert('VDI', freshRef<'VDI'>(), newVdi({ ...args, uuid, location: uuid }));
  const spec = { id: uuid, sizeBytes: args.virtual_size, name: args.name_label, description: args.name_description, type: args.type };
  const plan: Plan = {
    kind: 'VDI.create',
    locks: [vdi],
    steps: [volumeSteps.create('volume', { sr: sr.uuid, spec }), commitStep('commit', 'recording the disk', commit.build())],
    pivot: 'commit',
  };
  await mapped({ sr: args.SR }, () => runPlan(call, plan));
  const info = await attachedDriver(services, args.SR).volume(uuid);
  if (info) await change(db, tx => tx.update('VDI', vdi, { virtual_size: info.sizeBytes, physical_utilisation: info.utilisationBytes }));
  await refreshSr(services, args.SR);
  return vdi;
};

const destroy = async (call: Call, ref: Ref<'VDI'>): Promise<void> => {
  const { services } = call;
  const { SR: sr, uuid } = services.db.need('VDI', ref);
  assertSrAttached(services.db, sr);
  await holding(
    call,
    [{ cls: 'VDI', ref, op: 'destroy' }],
    tx => {
      assertVdi(tx, ref, 'destroy');
    },
    () =>
      services.engine.withLocks(
        [ref],
        async () => {
          await attachedDriver(services, sr).destroy(uuid);
          await change(services.db, tx => deleteVdi(tx, ref));
        },
        { signal: call.signal },
      ),
    { vdi: ref, sr },
  );
  await refreshSr(services, sr);
};

const introduce = async (call: Call, args: BoundParamsOf<'VDI.introduce'>): Promise<Ref<'VDI'>> => {
  const { services } = call;
  const { db } = services;
  db.need('SR', args.SR);
  if (db.byUuid('VDI', args.uuid) !== undefined) throw new XenError('LOCATION_NOT_UNIQUE', [args.SR, args.location]);
  const driver = attachedDriver(services, args.SR);
  const volume = await mapped({ sr: args.SR }, () => driver.volume(args.location === '' ? args.uuid : args.location));
  if (!volume) throw new XenError('VDI_MISSING', [args.SR, args.location]);
  const given = isNullRef(args.snapshot_of) ? {} : { snapshot_of: args.snapshot_of };
  return change(db, tx =>
    tx.insert('VDI', {
      ...vdiOfVolume(args.SR, volume),
      ...given,
      uuid: volume.id,
      name_label: args.name_label,
      name_description: args.name_description,
      type: args.type,
      sharable: args.sharable,
      read_only: args.read_only,
      other_config: args.other_config,
      xenstore_data: args.xenstore_data,
      sm_config: args.sm_config,
    }),
  );
};

export const createOps: OpsOf<'VDI'> = {
  create: (call, { args }) => create(call, args),
  destroy: (call, { self }) => destroy(call, self),
  forget: (call, { vdi }) =>
    holding(
      call,
      [{ cls: 'VDI', ref: vdi, op: 'forget' }],
      tx => {
        assertVdi(tx, vdi, 'forget');
      },
      () => change(call.services.db, tx => deleteVdi(tx, vdi)),
      { vdi },
    ),
  introduce: (call, args) => introduce(call, args),
};
