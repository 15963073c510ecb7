// Runs one operation of src/ops: gives it its call, makes its task, and turns whatever it throws into a XenAPI error.
//
// A synchronous change has a task while it runs, so that others see and cancel it; it then goes on when its client leaves. An operation that
// only looks has none, and ends when its client goes.

import type { Logger } from '../../lib/logger.ts';
import type { PlanProgress } from '../../engine/types.ts';
import type { Ref } from '../../lib/brand.ts';
import { internalError, taskCancelled, XenError } from '../../model/error.ts';
import { type MessageModel, noTaskForClasses } from '../../model/index.ts';
import type { Call, CallOrigin, Services } from '../../ops/context.ts';
import { isChange } from '../audit.ts';
import { ClientGone } from './answer.ts';
import type { Session } from '../sessions.ts';
import type { RunningTask, TaskTable } from '../tasks.ts';
import { taskResult } from './values.ts';

export type Handler = (call: Call, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

export interface Operation {
  readonly message: MessageModel;
  readonly handler: Handler;
  readonly session: Session;
  readonly params: Readonly<Record<string, unknown>>;
  /** Aborted when the client goes away. */
  readonly clientSignal: () => AbortSignal;
  readonly origin: CallOrigin;
}

export interface OperationRunner {
  /** Resolves with the operation's result. */
  run(operation: Operation): Promise<unknown>;
  /** Starts it and resolves with its task; `onEnd` hears how it ended. */
  start(operation: Operation, onEnd: (error: unknown) => void): Promise<Ref<'task'>>;
}

export const createOperationRunner = (options: {
  readonly services: Services;
  readonly tasks: TaskTable;
  readonly log: Logger;
}): OperationRunner => {
  const { services, tasks, log } = options;

  const invoke = async (
    { handler, message, session, params, clientSignal, origin }: Operation,
    task: RunningTask | undefined,
  ): Promise<unknown> => {
    const call = makeCall(
      { services, session, origin },
      task,
      clientSignal,
      log.with({ call: message.fullName, ...(task && { task: task.ref }) }),
    );
    try {
      return await handler(call, params);
    } catch (error) {
      throw asXenError(error, task, message, log);
    }
  };

  return {
    async run(operation) {
      if (!hasTask(operation.message)) return invoke(operation, undefined);
      const task = await tasks.start(operation.message.fullName, operation.session.userName);
      try {
        return await invoke(operation, task);
      } finally {
        tasks.drop(task.ref).catch(error => log.error('a task could not be removed', { task: task.ref, error }));
      }
    },
    async start(operation, onEnd) {
      const { message, session } = operation;
      const task = await tasks.start(`Async.${message.fullName}`, session.userName);
      invoke(operation, task)
        .then(
          async value => {
            await tasks.finish(task.ref, { kind: 'success', result: taskResult(message.result, value) });
            onEnd(undefined);
          },
          async (error: unknown) => {
            await tasks.finish(task.ref, { kind: 'failure', error: error instanceof XenError ? error : internalError(String(error)) });
            onEnd(error);
          },
        )
        .catch(error => log.error('the end of a task could not be written', { task: task.ref, error }));
      return task.ref;
    },
  };
};

const hasTask = (message: MessageModel): boolean => message.async && isChange(message) && !noTaskForClasses.has(message.cls);

const makeCall = (
  whose: Pick<Call, 'services' | 'session' | 'origin'>,
  task: RunningTask | undefined,
  clientSignal: () => AbortSignal,
  log: Logger,
): Call => ({
  ...whose,
  task: task?.ref,
  get signal() {
    return task?.signal ?? clientSignal();
  },
  log,
  progress: (progress: PlanProgress) => task?.progress(progress),
  setCancellable: (cancellable: boolean) => task?.setCancellable(cancellable),
});

/** What an operation throws beside XenError is a fault of ours: logged whole, told in one line. */
const asXenError = (error: unknown, task: RunningTask | undefined, message: MessageModel, log: Logger): XenError | ClientGone => {
  if (error instanceof XenError || error instanceof ClientGone) return error;
  if (task?.signal.aborted === true) return taskCancelled(task.ref);
  log.error('an operation failed in a way it should not', { call: message.fullName, error });
  return internalError(error instanceof Error ? error.message : String(error), error);
};
