// Tasks as clients see them: made, told of progress, cancelled, ended, destroyed.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { TypedOps } from '../../../src/hostd/dispatch/tables.ts';
import { XenError } from '../../../src/model/error.ts';
import type { RecordOf } from '../../../src/model/index.ts';
import type { Call } from '../../../src/ops/context.ts';
import { failure, startTestHost, type TestHost } from './fixture.ts';

const taskOf = async (host: TestHost, ref: unknown): Promise<RecordOf<'task'>> =>
  (await host.call('task.get_record', ref)) as RecordOf<'task'>;

/** Waits by events until the task has ended. */
const ended = async (host: TestHost, ref: unknown): Promise<RecordOf<'task'>> => {
  let token = '';
  for (;;) {
    const task = await taskOf(host, ref);
    if (task.status !== 'pending' && task.status !== 'cancelling') return task;
    ({ token } = (await host.call('event.from', [`task/${String(ref)}`], token, 10)) as { token: string });
  }
};

const untilAborted = (call: Call): Promise<void> =>
  new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true });
  });

describe('an Async call', () => {
  test('ends with the result in XML-RPC', async () => {
    const ops: TypedOps = {
      VM: {
        get_possible_hosts: async () => [],
        clone: async ({ services }) => services.db.transaction(tx => tx.insert('VM', { name_label: 'c' })),
      },
    };
    await using host = await startTestHost({ ops });
    const task = await ended(host, await host.call('Async.VM.clone', 'x', 'c'));
    const [vm] = (await host.call('VM.get_all')) as string[];
    expect(task).toMatchObject({
      name_label: 'Async.VM.clone',
      status: 'success',
      result: `<value>${vm}</value>`,
      progress: 1,
      error_info: [],
      allowed_operations: [],
      current_operations: {},
      type: '<none/>',
      backtrace: '()',
      resident_on: host.services.self.host,
    });
    expect(task.finished).toMatch(/^20\d{6}T/);
    expect((await ended(host, await host.call('Async.VM.get_possible_hosts', 'x'))).result).toBe(
      '<value><array><data></data></array></value>',
    );
  });

  test('ends with the error', async () => {
    const ops: TypedOps = { VM: { pause: () => Promise.reject(new XenError('VM_BAD_POWER_STATE', ['x', 'running', 'halted'])) } };
    await using host = await startTestHost({ ops });
    const ref = await host.call('Async.VM.pause', 'x');
    expect(await ended(host, ref)).toMatchObject({
      status: 'failure',
      result: '',
      error_info: ['VM_BAD_POWER_STATE', 'x', 'running', 'halted'],
    });
    await host.call('task.cancel', ref);
    await host.call('task.destroy', ref);
    expect(await failure(host.call('task.destroy', ref))).toEqual(['HANDLE_INVALID', 'task', ref]);
  });

  test('shows its progress and can be cancelled', async () => {
    const ops: TypedOps = {
      VM: {
        async pause(call) {
          call.progress({ fraction: 0.25, label: 'copying disk data', doneBytes: 1, totalBytes: 4 });
          await untilAborted(call);
        },
      },
    };
    await using host = await startTestHost({ ops });
    const ref = await host.call('Async.VM.pause', 'x');
    await sleep(20);
    expect(await taskOf(host, ref)).toMatchObject({
      status: 'pending',
      progress: 0.25,
      allowed_operations: ['cancel'],
      other_config: { xcp_phase: 'copying disk data', xcp_done_bytes: '1', xcp_total_bytes: '4' },
    });
    await host.call('task.cancel', ref);
    expect(await ended(host, ref)).toMatchObject({ status: 'cancelled', error_info: ['TASK_CANCELLED', ref], current_operations: {} });
  });

  test('cannot be cancelled past the point of no return', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ops: TypedOps = {
      VM: {
        async pause(call) {
          call.setCancellable(false);
          await promise;
        },
      },
    };
    await using host = await startTestHost({ ops });
    const ref = await host.call('Async.VM.pause', 'x');
    await sleep(10);
    expect((await taskOf(host, ref)).allowed_operations).toEqual([]);
    expect((await failure(host.call('task.cancel', ref)))[0]).toBe('OPERATION_NOT_ALLOWED');
    resolve();
    expect((await ended(host, ref)).status).toBe('success');
  });

  test('writes progress at most four times a second, and never less than it was after the end', async () => {
    const ops: TypedOps = {
      VM: {
        async pause(call) {
          for (let done = 0; done < 200; done++) {
            call.progress({ fraction: done / 200, label: 'x' });
            await sleep(1);
          }
        },
      },
    };
    await using host = await startTestHost({ ops });
    let writes = 0;
    host.services.db.subscribe(({ changes }) => {
      writes += changes.filter(({ cls, op }) => cls === 'task' && op === 'mod').length;
    });
    const ref = await host.call('Async.VM.pause', 'x');
    expect((await ended(host, ref)).progress).toBe(1);
    expect(writes).toBeLessThan(10);
    await sleep(300);
    expect((await taskOf(host, ref)).progress).toBe(1);
  });
});

describe('a synchronous change', () => {
  test('has a task while it runs, and none afterwards', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let own: string | undefined;
    const ops: TypedOps = {
      VM: {
        async pause(call) {
          own = call.task;
          await promise;
        },
      },
    };
    await using host = await startTestHost({ ops });
    const call = host.call('VM.pause', 'x');
    await sleep(20);
    expect(await host.call('task.get_all')).toEqual([own]);
    expect((await taskOf(host, own)).name_label).toBe('VM.pause');
    resolve();
    await call;
    await sleep(5);
    expect(await host.call('task.get_all')).toEqual([]);
  });

  test('cancelled by its task, it fails with TASK_CANCELLED', async () => {
    await using host = await startTestHost({ ops: { VM: { pause: untilAborted } } });
    const call = failure(host.call('VM.pause', 'x'));
    await sleep(20);
    const [task] = (await host.call('task.get_all')) as string[];
    await host.call('task.cancel', task);
    expect(await call).toEqual(['TASK_CANCELLED', task]);
  });
});

test('a task that a client keeps by itself', async () => {
  await using host = await startTestHost();
  const ref = await host.call('task.create', 'mine', 'what I do');
  await host.call('task.set_progress', ref, 0.5);
  await host.call('task.add_to_other_config', ref, 'k', 'v');
  expect((await failure(host.call('task.add_to_other_config', ref, 'k', 'v')))[0]).toBe('MAP_DUPLICATE_KEY');
  expect(await taskOf(host, ref)).toMatchObject({ name_label: 'mine', status: 'pending', progress: 0.5, other_config: { k: 'v' } });
  await host.call('task.set_status', ref, 'success');
  expect((await taskOf(host, ref)).status).toBe('success');
});
