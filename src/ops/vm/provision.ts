// VM.provision: makes the disks that a template's `disks` document asks for and turns the clone into a VM.
//
//   one volume step per disk · commit* (VDIs, VBDs, the VM no template any more)

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import { enums, type EnumValue } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { OpsOf, Services } from '../context.ts';
import { runPlan, vmOperation } from '../operation.ts';
import { freshRef, freshUuid, timeText } from '../refs.ts';
import { assertSrAttached } from '../sr/attached.ts';
import { refreshSr } from '../sr/sizes.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { type DiskRequest, parseDisks } from '../template/disks.ts';
import { newVdi } from '../vdi/record.ts';

interface ProvisionedDisk extends DiskRequest {
  readonly srRef: Ref<'SR'>;
}

/** The SR each disk goes to: the one it names by uuid, else the pool's default. */
const place = (services: Services, disk: DiskRequest): ProvisionedDisk => {
  const { db } = services;
  if (disk.sr !== '') {
    const sr = db.byUuid('SR', disk.sr);
    if (sr === undefined) throw new XenError('UUID_INVALID', ['SR', disk.sr]);
    return { ...disk, srRef: sr };
  }
  const { default_SR: sr } = db.need('pool', services.self.pool);
  if (isNullRef(sr) || !db.get('SR', sr)) throw new XenError('DEFAULT_SR_NOT_FOUND', [sr]);
  return { ...disk, srRef: sr };
};

const typeOf = (text: string): EnumValue<'vdi_type'> => enums.vdi_type.find(type => type === text) ?? 'user';

const planDisk = (db: Reader, commit: CommitBuilder, vm: Ref<'VM'>, disk: ProvisionedDisk): PlannedStep => {
  const uuid = freshUuid();
  const description = 'Created by template provisioner';
  const vdi = commit.insert(
    'VDI',
    freshRef<'VDI'>(),
    newVdi({
      uuid,
      SR: disk.srRef,
      virtual_size: disk.sizeBytes,
      name_label: disk.device,
      name_description: description,
      type: typeOf(disk.type),
      sm_config: { vmhint: db.need('VM', vm).uuid },
    }),
  );
  commit.insert('VBD', freshRef<'VBD'>(), {
    VM: vm,
    VDI: vdi,
    userdevice: disk.device,
    bootable: disk.bootable,
    mode: 'RW',
    type: 'Disk',
    unpluggable: disk.type !== 'system',
    empty: false,
    other_config: { owner: '' },
  });
  const spec = { id: uuid, sizeBytes: disk.sizeBytes, name: disk.device, description, type: disk.type };
  return volumeSteps.create(`volume-${uuid}`, { sr: db.need('SR', disk.srRef).uuid, spec });
};

export const provisionPlan = (db: Reader, vm: Ref<'VM'>, disks: readonly ProvisionedDisk[]): Plan => {
  const record = db.need('VM', vm);
  const commit = new CommitBuilder();
  const steps = disks.map(disk => planDisk(db, commit, vm, disk));
  const { disks: _disks, ...config } = record.other_config;
  commit.update('VM', vm, { is_a_template: false, other_config: config });
  if (db.get('VM_metrics', record.metrics)) commit.update('VM_metrics', record.metrics, { install_time: timeText() });
  return {
    kind: 'VM.provision',
    locks: [vm],
    steps: [...steps, commitStep('commit', 'recording the disks', commit.build())],
    pivot: 'commit',
  };
};

export const provisionOps: OpsOf<'VM'> = {
  provision: (call, { vm }) =>
    vmOperation(call, vm, 'provision', async record => {
      const { services } = call;
      const disks = parseDisks(record.other_config['disks'] ?? '').map(disk => place(services, disk));
      for (const disk of disks) assertSrAttached(services.db, disk.srRef);
      await runPlan(call, provisionPlan(services.db, vm, disks));
      for (const sr of new Set(disks.map(disk => disk.srRef))) await refreshSr(services, sr);
    }),
};
