// VM.start and VM.start_on: checks, then a plan: open the disks, plug the ports, start the guest, commit. Until the commit a failure
// or a crash takes everything back.

import type { Ref } from '../../lib/brand.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import type { Reader } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { runPlan, vmOperation } from '../operation.ts';
import { diskStepId, guestSteps } from '../steps/guest.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { ensureTinyLinux } from '../template/tiny-linux.ts';
import { refreshHostMemory } from '../host/memory.ts';
import { assertCanBootHere, assertHostServes } from './placement.ts';
import { disksOf, draftOf, portsOf, type VmDisk } from './spec.ts';

/** Steps that open a VM's disks and plug its ports; results by `diskStepId` and `nicStepId`. */
export const deviceSteps = (db: Reader, vm: RecordOf<'VM'>): readonly PlannedStep[] => [
  ...disksOf(db, vm).flatMap(disk => attachStep(vm.uuid, disk)),
  ...portsOf(db, vm).map(port => guestSteps.plug(port)),
];

export const attachStep = (owner: string, disk: VmDisk): readonly PlannedStep[] =>
  disk.volume
    ? [volumeSteps.attach(diskStepId(disk.spec.id), { sr: disk.volume.sr, volume: disk.volume.id, owner, readOnly: disk.volume.readOnly })]
    : [];

/** The VM and every VDI it holds: what a plan on its devices locks. */
export const locksOf = (db: Reader, ref: Ref<'VM'>, vm: RecordOf<'VM'>): readonly string[] => [
  ref,
  ...new Set(disksOf(db, vm).flatMap(disk => (disk.volume ? [disk.volume.vdi] : []))),
];

export const startPlan = (db: Reader, ref: Ref<'VM'>, options: { readonly paused: boolean }): Plan => {
  const vm = db.need('VM', ref);
  return {
    kind: 'VM.start',
    locks: locksOf(db, ref, vm),
    steps: [
      ...deviceSteps(db, vm),
      guestSteps.start({ draft: draftOf(db, vm), paused: options.paused }),
      guestSteps.started({ vm: ref, from: 'start', forget: [] }),
    ],
    pivot: 'commit',
  };
};

/** Starts a halted VM whose operation was admitted. */
export const startHere = async (
  call: Call,
  vm: Ref<'VM'>,
  options: { readonly paused: boolean; readonly force: boolean },
): Promise<void> => {
  const { services } = call;
  await ensureTinyLinux(services, vm);
  await assertCanBootHere(services, vm, services.self.host, { force: options.force });
  await runPlan(call, startPlan(services.db, vm, options));
  await refreshHostMemory(services);
};

/** Where a VM starts when nobody said: this host, if it takes guests. */
const choose = (services: Services, vm: Ref<'VM'>): void => {
  draftOf(services.db, services.db.need('VM', vm));
  if (!services.db.need('host', services.self.host).enabled) throw new XenError('NO_HOSTS_AVAILABLE');
};

export const startOps: OpsOf<'VM'> = {
  start: (call, { vm, start_paused: paused, force }) =>
    vmOperation(call, vm, 'start', async () => {
      await ensureTinyLinux(call.services, vm);
      choose(call.services, vm);
      await startHere(call, vm, { paused, force });
    }),
  start_on: (call, { vm, host, start_paused: paused, force }) =>
    vmOperation(call, vm, 'start_on', async () => {
      assertHostServes(call.services, host);
      await startHere(call, vm, { paused, force });
    }),
};
