// A call's hold on the objects it works on: admitted by a check and marked in `current_operations` in one transaction, unmarked
// at the end, whatever the end. Two calls can so never both be admitted; the later one is told who is at work.

import type { Ref } from '../lib/brand.ts';
import type { Tx } from '../db/db.ts';
import type { Plan, PlanOutcome } from '../engine/types.ts';
import type { EnumValue, RecordOf } from '../model/index.ts';
import { XenError } from '../model/error.ts';
import { change } from './change.ts';
import type { Call, Services } from './context.ts';
import { type FailureScope, toXenError } from './errors.ts';
import { freshRef } from './refs.ts';
import { type VdiOperation, vdiRefusal } from './vdi/allowed.ts';
import { type Refusal, refusal, type VmOperation } from './vm/states.ts';

export type Mark =
  | { readonly cls: 'VM'; readonly ref: Ref<'VM'>; readonly op: VmOperation }
  | { readonly cls: 'VDI'; readonly ref: Ref<'VDI'>; readonly op: VdiOperation }
  | { readonly cls: 'VBD'; readonly ref: Ref<'VBD'>; readonly op: EnumValue<'vbd_operations'> }
  | { readonly cls: 'VIF'; readonly ref: Ref<'VIF'>; readonly op: EnumValue<'vif_operations'> }
  | { readonly cls: 'SR'; readonly ref: Ref<'SR'>; readonly op: EnumValue<'storage_operations'> };

const setOperations = (tx: Tx, mark: Mark, edit: (now: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): void => {
  switch (mark.cls) {
    case 'VM':
      tx.update('VM', mark.ref, {
        current_operations: edit(tx.need('VM', mark.ref).current_operations) as RecordOf<'VM'>['current_operations'],
      });
      return;
    case 'VDI':
      tx.update('VDI', mark.ref, {
        current_operations: edit(tx.need('VDI', mark.ref).current_operations) as RecordOf<'VDI'>['current_operations'],
      });
      return;
    case 'VBD':
      tx.update('VBD', mark.ref, {
        current_operations: edit(tx.need('VBD', mark.ref).current_operations) as RecordOf<'VBD'>['current_operations'],
      });
      return;
    case 'VIF':
      tx.update('VIF', mark.ref, {
        current_operations: edit(tx.need('VIF', mark.ref).current_operations) as RecordOf<'VIF'>['current_operations'],
      });
      return;
    case 'SR':
      tx.update('SR', mark.ref, {
        current_operations: edit(tx.need('SR', mark.ref).current_operations) as RecordOf<'SR'>['current_operations'],
      });
      return;
    default:
      mark satisfies never;
  }
};

const unmark = (tx: Tx, marks: readonly Mark[], key: string): void => {
  for (const mark of marks) {
    if (tx.get(mark.cls, mark.ref) === undefined) continue;
    setOperations(tx, mark, now => Object.fromEntries(Object.entries(now).filter(([name]) => name !== key)));
  }
};

/** Throws the refusal, if there is one. */
export const deny = (no: Refusal | undefined): void => {
  if (no) throw new XenError(no.code, no.params);
};

export const assertVm = (tx: Tx, ref: Ref<'VM'>, op: VmOperation): RecordOf<'VM'> => {
  const vm = tx.need('VM', ref);
  deny(refusal(ref, vm, op));
  return vm;
};

export const assertVdi = (tx: Tx, ref: Ref<'VDI'>, op: VdiOperation): RecordOf<'VDI'> => {
  const vdi = tx.need('VDI', ref);
  deny(vdiRefusal(tx, ref, vdi, op));
  return vdi;
};

/** Admits by `check` (throws to refuse), marks, runs `body`, unmarks. Failures of drivers come out as XenAPI errors. */
export const holding = async <T>(
  call: Pick<Call, 'services' | 'task'>,
  marks: readonly Mark[],
  check: (tx: Tx) => void,
  body: () => Promise<T>,
  scope: FailureScope = {},
): Promise<T> => {
  const { db } = call.services;
  const key = call.task ?? freshRef<'task'>();
  await change(db, tx => {
    check(tx);
    for (const mark of marks) setOperations(tx, mark, now => ({ ...now, [key]: mark.op }));
  });
  try {
    return await body();
  } catch (error) {
    throw toXenError(error, call.task === undefined ? scope : { ...scope, task: call.task });
  } finally {
    await change(db, tx => unmark(tx, marks, key));
  }
};

/** One operation on one VM, admitted by the state table. */
export const vmOperation = <T>(
  call: Pick<Call, 'services' | 'task'>,
  vm: Ref<'VM'>,
  op: VmOperation,
  body: (record: RecordOf<'VM'>) => Promise<T>,
): Promise<T> => {
  return holding(
    call,
    [{ cls: 'VM', ref: vm, op }],
    tx => {
      assertVm(tx, vm, op);
    },
    () => body(call.services.db.need('VM', vm)),
    { vm },
  );
};

/** Runs a plan for a call: its progress, its cancel and its errors are the call's. */
export const runPlan = async (call: Call, plan: Plan): Promise<PlanOutcome> =>
  call.services.engine.run(plan, {
    signal: call.signal,
    log: call.log,
    onProgress: progress => call.progress(progress),
    onCancellable: cancellable => call.setCancellable(cancellable),
  });

/** A call made by this host itself: no session, no task, no one who could cancel it. */
export const ownCall = (services: Services, signal: AbortSignal = new AbortController().signal): Call => ({
  services,
  session: { ref: freshRef<'session'>(), isLocalSuperuser: true, userName: '' },
  task: undefined,
  origin: { isLocal: true },
  signal,
  log: services.log,
  progress: () => undefined,
  setCancellable: () => undefined,
});
