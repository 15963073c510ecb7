// Waiting for tasks by their events.

import { expect, test } from '@jest/globals';
import { Session } from '../../../src/client/session.ts';
import { runTask, type TaskProgress } from '../../../src/client/tasks.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import { XenError } from '../../../src/model/error.ts';
import { FakeServer } from '../../support/fake-server.ts';

const task = 'OpaqueRef:task' as Ref<'task'>;
type Snapshot = Readonly<Record<string, unknown>>;

/** Answers event.from with one snapshot at a time. */
const sessionWith = (snapshots: readonly (Snapshot | 'gone')[]) => {
  const left = [...snapshots];
  const server = new FakeServer(
    {},
    {
      answer: ({ method }) => {
        if (method === 'task.destroy') return '';
        if (method !== 'event.from') return undefined;
        const next = left.shift();
        const event =
          next === 'gone' ? { class: 'task', operation: 'del', ref: task } : { class: 'task', operation: 'mod', ref: task, snapshot: next };
        return { events: [event], token: String(left.length), valid_ref_counts: {} };
      },
    },
  );
  return { session: new Session(server, 'OpaqueRef:s'), server };
};

test('the result comes out of its wrapping, progress is told, the record goes', async () => {
  const { session, server } = sessionWith([
    { status: 'pending', progress: 0.5, other_config: { xcp_phase: 'copying', xcp_done_bytes: '10', xcp_total_bytes: '20' } },
    { status: 'success', progress: 1, result: '<value>OpaqueRef:vm &amp; more</value>' },
  ]);
  const seen: TaskProgress[] = [];
  expect(await runTask(session, task, { onProgress: progress => seen.push(progress) })).toBe('OpaqueRef:vm & more');
  expect(seen[0]).toEqual({ fraction: 0.5, phase: 'copying', doneBytes: 10, totalBytes: 20 });
  expect(server.requests.map(request => request.method)).toEqual(['event.from', 'event.from', 'task.destroy']);
  expect(server.requests[1]?.params[2]).toBe('1');
});

test.each<[string, readonly (Snapshot | 'gone')[], XenError]>([
  ['failed', [{ status: 'failure', error_info: ['SR_FULL', '1', '2'] }], new XenError('SR_FULL', ['1', '2'])],
  ['cancelled', [{ status: 'cancelled', error_info: [] }], new XenError('TASK_CANCELLED', [task])],
  ['vanished', ['gone'], new XenError('HANDLE_INVALID', ['task', task])],
])('a task that %s', async (_name, snapshots, error) => {
  await expect(runTask(sessionWith(snapshots).session, task)).rejects.toEqual(error);
});
