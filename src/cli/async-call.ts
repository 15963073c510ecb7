// Calls that take long: started as a task, with progress on a terminal, cancelled by Ctrl-C, left to themselves by a second one.

import { runTask } from '../client/tasks.ts';
import type { Ref } from '../lib/brand.ts';
import type { MessageName, ParamsOf } from '../model/index.ts';
import type { Context } from './context.ts';
import { SilentFailure } from './exit.ts';

export interface AsyncOptions {
  /** What the bar says is going on. */
  readonly title: string;
}

/** Resolves with the task's result, '' for none. Rejects with the task's XenError. */
export const callAsTask = async <M extends MessageName>(
  context: Context,
  message: M,
  params: ParamsOf<M>,
  options: AsyncOptions,
): Promise<string> => {
  const session = await context.session();
  return await followTask(context, await session.start(message, params), options);
};

/** Waits for a task of this command, as above. */
export const followTask = async (context: Context, task: Ref<'task'>, options: AsyncOptions): Promise<string> => {
  const session = await context.session();
  const { io } = context;
  const detach = new AbortController();
  let isCancelling = false;
  const interrupted = (): void => {
    if (isCancelling) {
      detach.abort();
      return;
    }
    isCancelling = true;
    io.stderr.write('\nCancelling; press Ctrl-C again to leave it to the server.\n');
    // What became of it is told by the task itself.
    session.call('task.cancel', { task }).catch((error: unknown) => io.stderr.write(`Cannot cancel: ${String(error)}\n`));
  };
  const stop = io.onInterrupt(interrupted);
  const bar = await progressFor(context, options);
  try {
    return await runTask(session, task, { signal: detach.signal, onProgress: bar?.show });
  } catch (error) {
    if (!detach.signal.aborted) throw error;
    const uuid = await session.call('task.get_uuid', { self: task });
    io.stderr.write(`The server goes on. Follow it with: xcp task-param-list uuid=${uuid}\n`);
    throw new SilentFailure('detached', { cause: error });
  } finally {
    bar?.end();
    stop();
  }
};

const progressFor = async (context: Context, options: AsyncOptions) => {
  const { io, args, out } = context;
  if (args.has('progress')) {
    const { ticker } = await import('./render/ticker.ts');
    return ticker(text => out.warn(text));
  }
  // Several bars would write over one another.
  if (!io.stderr.isTTY || out.isMinimal || context.own?.parallel !== undefined) return undefined;
  const { progressBar } = await import('./render/progress.ts');
  return progressBar(options.title, io.stderr, io.env['NO_COLOR'] === undefined || io.env['NO_COLOR'] === '');
};
