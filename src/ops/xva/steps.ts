// Steps of an import: fill the volumes from what comes, and record it all at once.
//
//   volume.create each · xva.fill · xva.commit*
//
// The stream that `xva.fill` reads belongs to this process. A plan that outlives it is unwound before it would ask for the stream again.

import type { Ref } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { PlannedStep, StepContext, StepKind } from '../../engine/types.ts';
import { XenError } from '../../model/error.ts';
import type { ClassName, RecordOf } from '../../model/index.ts';
import { badPowerState } from '../vm/states.ts';
import { change } from '../change.ts';
import { applyCommit, type Commit, isApplied } from '../commit.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { asRef } from '../refs.ts';

/** Writes all that comes into the volumes. */
export type Fill = (context: StepContext) => Promise<void>;

type FillArgs = { readonly key: string };
type CommitArgs = { readonly replaced: readonly { readonly cls: ClassName; readonly ref: Ref<ClassName> }[]; readonly commit: Commit };

const fills = new WeakMap<Services, Map<string, Fill>>();

/** Lets a plan of these services find its stream by `key`, until disposed of. */
export const offerFill = (services: Services, key: string, fill: Fill): Disposable => {
  const offered = fills.get(services) ?? new Map<string, Fill>();
  fills.set(services, offered);
  offered.set(key, fill);
  return { [Symbol.dispose]: () => void offered.delete(key) };
};

export const xvaSteps = {
  fill: (args: FillArgs): PlannedStep => ({ id: 'fill', kind: 'xva.fill', label: 'receiving disks', weight: 100, args: toJson(args) }),
  commit: (args: CommitArgs): PlannedStep => ({
    id: 'commit',
    kind: 'xva.commit',
    label: 'recording the VM',
    weight: 1,
    args: toJson(args),
  }),
};

const filling = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'xva.fill',
  run: async (context, json) => {
    const fill = fills.get(services)?.get(fromJson<FillArgs>(json).key);
    if (fill === undefined) throw new DriverError('failed', 'what was to be imported is no longer sent');
    await fill(context);
    return null;
  },
});

/** It may have been started while its successor came. */
const assertStillHalted = (vm: RecordOf<'VM'> | undefined, ref: string): void => {
  if (vm === undefined || vm.power_state === 'Halted') return;
  const { code, params } = badPowerState(ref, ['Halted'], vm.power_state);
  throw new XenError(code, params);
};

const committing = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'xva.commit',
  run: async (_context, json) => {
    const { replaced, commit } = fromJson<CommitArgs>(json);
    await change(services.db, tx => {
      for (const { cls, ref } of replaced) {
        if (cls === 'VM') assertStillHalted(tx.get('VM', asRef<'VM'>(ref)), ref);
        if (tx.get(cls, ref)) tx.delete(cls, ref);
      }
      applyCommit(tx, commit);
    });
    return null;
  },
  settle: async (_context, json) => (isApplied(services.db, fromJson<CommitArgs>(json).commit) ? 'done' : 'undone'),
});

export const xvaKinds = (services: Services): readonly StepKind<JsonObject, null>[] => [filling(services), committing(services)];
