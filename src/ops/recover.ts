// Plans that the last process left go on in this one. People see them as they see calls: the VMs say which operation is under way, and
// each plan has a task with its progress and its end. The tasks of the calls themselves went with their process.

import type { Ref } from '../lib/brand.ts';
import type { PlanProgress, RecoveredPlan } from '../engine/types.ts';
import { change } from './change.ts';
import type { AdoptedTask, Services } from './context.ts';
import { asRef } from './refs.ts';
import { powerStates, type VmOperation } from './vm/states.ts';

const isVmOperation = (text: string): text is VmOperation => Object.hasOwn(powerStates, text);

const taskOf = (planId: string): Ref<'task'> => asRef(`OpaqueRef:${planId}`);

/** Marks the VMs that the plan holds; resolves with what takes the marks away. */
const mark = async (services: Services, planId: string): Promise<() => Promise<void>> => {
  const held = [...services.db.all('VM')].filter(([ref]) => services.engine.holder(ref)?.planId === planId);
  const key = taskOf(planId);
  await change(services.db, tx => {
    for (const [ref, vm] of held) {
      const op = services.engine.holder(ref)?.kind.replace(/^[^.]*\./, '') ?? '';
      if (isVmOperation(op)) tx.update('VM', ref, { current_operations: { ...vm.current_operations, [key]: op } });
    }
  });
  return () =>
    change(services.db, tx => {
      for (const [ref] of held) {
        const vm = tx.get('VM', ref);
        if (!vm) continue;
        const { [key]: _done, ...rest } = vm.current_operations;
        tx.update('VM', ref, { current_operations: rest });
      }
    });
};

const descriptions: { readonly [D in RecoveredPlan['direction']]: string } = {
  forward: 'Interrupted by a restart of the host agent; it goes on',
  unwind: 'Interrupted by a restart of the host agent; it is being undone',
  settle: 'Interrupted by a restart of the host agent; the other side is asked how it ended',
};

/** Takes the locks of all of them before it returns control, and resolves when each can be seen. */
export const recoverPlans = async (services: Services): Promise<void> => {
  const tasks = new Map<string, AdoptedTask>();
  const onProgress = (planId: string, progress: PlanProgress): void => tasks.get(planId)?.progress(progress);
  for (const { id, kind, direction, finished } of await services.engine.recover({ onProgress })) {
    services.log.info('a plan that the last process left goes on', { plan: id, kind, direction });
    const unmark = await mark(services, id);
    const task = await services.adoptTask({ ref: taskOf(id), label: kind, description: descriptions[direction] });
    tasks.set(id, task);
    const end = async (outcome: 'done' | 'undone'): Promise<void> => {
      tasks.delete(id);
      await unmark();
      await task.finish(outcome);
    };
    // One that did not end stays as it is, for the next start.
    finished.then(end, unmark).catch(error => services.log.error('the end of a recovered plan could not be shown', { plan: id, error }));
  }
};
