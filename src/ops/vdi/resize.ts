// VDI.resize and VDI.resize_online: a disk grows, at rest or under a running guest. Never shrinks.
//
//   at rest:  grow the image and write it down
//   live:     the guest's QEMU grows the image* · write it down
//
// Once a guest sees the larger disk there is no way back, so what follows is repeated until it is done, also after a crash.

import type { Ref } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { Plan, PlannedStep, StepKind } from '../../engine/types.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { assertVdi, holding, runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { asRef } from '../refs.ts';
import { assertSrAttached, attachedDriver } from '../sr/attached.ts';
import { refreshSr } from '../sr/sizes.ts';
import type { VdiOperation } from './allowed.ts';

type GrowArgs = { readonly guest: string; readonly disk: string; readonly sizeBytes: number };
type GrownArgs = { readonly vdi: string; readonly sizeBytes: number };

const check = (tx: Tx, ref: Ref<'VDI'>, op: VdiOperation, size: number): void => {
  const vdi = assertVdi(tx, ref, op);
  if (size < vdi.virtual_size) throw new XenError('VDI_TOO_SMALL', [ref, String(vdi.virtual_size)]);
};

/** The guest that has the disk open, if any. Throws VM_BAD_POWER_STATE for a suspended VM: its memory knows the disk as it is. */
const liveUse = (db: Reader, vdi: RecordOf<'VDI'>): Omit<GrowArgs, 'sizeBytes'> | undefined => {
  for (const vbd of vdi.VBDs.map(ref => db.need('VBD', ref))) {
    const vm = db.need('VM', vbd.VM);
    if (vm.power_state === 'Suspended') throw new XenError('VM_BAD_POWER_STATE', [vbd.VM, 'halted', 'suspended']);
    if (vbd.currently_attached) return { guest: vm.uuid, disk: vbd.uuid };
  }
  return undefined;
};

const step = (id: string, kind: string, args: GrowArgs | GrownArgs): PlannedStep => ({
  id,
  kind,
  label: 'growing the disk',
  weight: 1,
  args: toJson(args),
});

const planOf = (db: Reader, ref: Ref<'VDI'>, sizeBytes: number): Plan => {
  const vdi = db.need('VDI', ref);
  const live = liveUse(db, vdi);
  const grown = step('grown', 'vdi.grown', { vdi: ref, sizeBytes });
  const locks = new Set<string>([ref, ...vdi.VBDs.map(vbd => db.need('VBD', vbd).VM)]);
  const base = { kind: 'VDI.resize', locks: [...locks], afterCrash: 'forward' } as const;
  if (live === undefined) return { ...base, steps: [grown] };
  return { ...base, steps: [step('grow', 'vdi.grow', { ...live, sizeBytes }), grown], pivot: 'grow' };
};

export const resizeKinds = (services: Services): readonly StepKind<JsonObject, null>[] => [
  {
    kind: 'vdi.grow',
    run: async (_context, args) => {
      const { guest, disk, sizeBytes } = fromJson<GrowArgs>(args);
      await services.hypervisor.resizeDisk(guest, disk, sizeBytes);
      return null;
    },
  },
  {
    kind: 'vdi.grown',
    run: async (_context, args) => {
      const grown = fromJson<GrownArgs>(args);
      const ref = asRef<'VDI'>(grown.vdi);
      const { SR: sr, uuid } = services.db.need('VDI', ref);
      const info = await attachedDriver(services, sr).resize(uuid, grown.sizeBytes);
      await change(services.db, tx => tx.update('VDI', ref, { virtual_size: info.sizeBytes, physical_utilisation: info.utilisationBytes }));
      return null;
    },
  },
];

const resize = async (call: Call, ref: Ref<'VDI'>, size: number, op: 'resize' | 'resize_online'): Promise<void> => {
  const { db } = call.services;
  const { SR: sr } = db.need('VDI', ref);
  assertSrAttached(db, sr);
  await holding(
    call,
    [{ cls: 'VDI', ref, op }],
    tx => check(tx, ref, op, size),
    () => runPlan(call, planOf(db, ref, size)),
    { vdi: ref, sr },
  );
  await refreshSr(call.services, sr);
};

export const resizeOps: OpsOf<'VDI'> = {
  resize: (call, { vdi, size }) => resize(call, vdi, size, 'resize'),
  resize_online: (call, { vdi, size }) => resize(call, vdi, size, 'resize_online'),
};
