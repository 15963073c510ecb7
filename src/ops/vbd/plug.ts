// VBD.plug and VBD.unplug: a disk goes into or out of a running guest.
//
//   plug: open the volume · plug it · commit*        unplug: unplug · close the volume · commit

import type { Ref } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Reader } from '../../db/db.ts';
import type { DiskSpec } from '../../drivers/hypervisor.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { Plan, StepKind } from '../../engine/types.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { holding, runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { diskStepId } from '../steps/guest.ts';
import { srDriver } from '../steps/volumes.ts';
import { deviceName } from '../vm/running.ts';
import { badPowerState } from '../vm/states.ts';
import { diskOf } from '../vm/spec.ts';
import { attachStep } from '../vm/start.ts';

type PlugArgs = { readonly guest: string; readonly disk: Omit<DiskSpec, 'source'> };

export const assertRunning = (db: Reader, vm: Ref<'VM'>): RecordOf<'VM'> => {
  const record = db.need('VM', vm);
  if (record.power_state === 'Running') return record;
  const no = badPowerState(vm, ['Running'], record.power_state);
  throw new XenError(no.code, no.params);
};

export const assertPluggable = (db: Reader, self: Ref<'VBD'>): RecordOf<'VBD'> => {
  const vbd = db.need('VBD', self);
  assertRunning(db, vbd.VM);
  if (vbd.currently_attached) throw new XenError('DEVICE_ALREADY_ATTACHED', [self]);
  if (vbd.empty && vbd.type !== 'CD') throw new XenError('VBD_IS_EMPTY', [self]);
  return vbd;
};

export const plugPlan = (db: Reader, self: Ref<'VBD'>): Plan => {
  const vbd = db.need('VBD', self);
  const vm = db.need('VM', vbd.VM);
  const disk = diskOf(db, self, vbd);
  const commit = new CommitBuilder();
  commit.update('VBD', self, { currently_attached: true, device: deviceName(vbd.userdevice) });
  return {
    kind: 'VBD.plug',
    locks: [vbd.VM, ...(disk.volume ? [disk.volume.vdi] : [])],
    steps: [
      ...attachStep(vm.uuid, disk),
      {
        id: 'plug',
        kind: 'disk.plug',
        label: 'plugging a disk',
        weight: 1,
        args: toJson({ guest: vm.uuid, disk: disk.spec } satisfies PlugArgs),
      },
      commitStep('commit', 'recording the disk', commit.build()),
    ],
    pivot: 'commit',
  };
};

export const plugKind = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'disk.plug',
  run: async (context, args) => {
    const { guest, disk } = fromJson<PlugArgs>(args);
    const source = context.results.get(diskStepId(disk.id));
    await services.hypervisor.plugDisk(guest, source === undefined ? disk : { ...disk, source: fromJson<VolumeSource>(source) });
    return null;
  },
  undo: async (context, args) => {
    const { guest, disk } = fromJson<PlugArgs>(args);
    if (await services.hypervisor.status(guest)) await services.hypervisor.unplugDisk(guest, disk.id, { signal: context.signal });
  },
});

const unplugLocked = async (call: Call, self: Ref<'VBD'>): Promise<void> => {
  const { services } = call;
  const { db, hypervisor } = services;
  const vbd = db.need('VBD', self);
  const vm = db.need('VM', vbd.VM);
  await hypervisor.unplugDisk(vm.uuid, vbd.uuid, { signal: call.signal });
  const { volume } = diskOf(db, self, vbd);
  if (volume) await srDriver(services, volume.sr).detach(volume.id, { owner: vm.uuid });
  await change(db, tx => tx.update('VBD', self, { currently_attached: false, device: '' }));
};

const unplug = (call: Call, self: Ref<'VBD'>, op: 'unplug' | 'unplug_force'): Promise<void> => {
  const { db } = call.services;
  const { VM: vm } = db.need('VBD', self);
  return holding(
    call,
    [{ cls: 'VBD', ref: self, op }],
    tx => {
      const vbd = tx.need('VBD', self);
      if (!vbd.unpluggable && vbd.type === 'Disk') throw new XenError('VBD_NOT_UNPLUGGABLE', [self]);
      assertRunning(tx, vbd.VM);
      if (!vbd.currently_attached) throw new XenError('DEVICE_ALREADY_DETACHED', [self]);
    },
    () => call.services.engine.withLocks([vm], () => unplugLocked(call, self), { signal: call.signal }),
    { vm, vbd: self },
  );
};

export const plugOps: OpsOf<'VBD'> = {
  plug: (call, { self }) => {
    const { db } = call.services;
    const { VM: vm, VDI: vdi } = db.need('VBD', self);
    return holding(
      call,
      [{ cls: 'VBD', ref: self, op: 'plug' }],
      tx => {
        assertPluggable(tx, self);
      },
      async () => {
        await runPlan(call, plugPlan(db, self));
      },
      { vm, vdi },
    );
  },
  unplug: (call, { self }) => unplug(call, self, 'unplug'),
  unplug_force: (call, { self }) => unplug(call, self, 'unplug_force'),
  unplug_force_no_safety_check: (call, { self }) => unplug(call, self, 'unplug_force'),
  assert_attachable: async (call, { self }) => {
    const { db } = call.services;
    const vbd = db.need('VBD', self);
    if (vbd.currently_attached) throw new XenError('DEVICE_ALREADY_ATTACHED', [self]);
    const record = db.need('VM', vbd.VM);
    if (record.is_a_template) throw new XenError('VM_IS_TEMPLATE', [vbd.VM, 'attach']);
  },
};
