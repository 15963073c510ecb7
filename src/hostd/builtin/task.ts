// task.*: what clients do with tasks, their own and, with the role for it, those of others.

import type { Db } from '../../db/db.ts';
import type { Ref } from '../../lib/brand.ts';
import { mapDuplicateKey, sessionInvalid } from '../../model/error.ts';
import { extraPermissions, type RecordOf } from '../../model/index.ts';
import type { Builtin, BuiltinRow } from '../dispatch/dispatcher.ts';
import { checkRole } from '../rbac.ts';
import type { Session } from '../sessions.ts';
import type { TaskTable } from '../tasks.ts';

type Task = RecordOf<'task'>;

export const taskMessages = (db: Db, tasks: TaskTable): ReadonlyMap<string, BuiltinRow> => {
  /** For messages about one task: it must exist, and be the caller's own or the caller have the role. */
  const onTask =
    (run: (self: Ref<'task'>, params: readonly unknown[]) => unknown): Builtin =>
    ({ session }, params) => {
      const self = params[0] as Ref<'task'>;
      db.need('task', self);
      checkOwner(session, tasks.ownerOf(self));
      return run(self, params);
    };
  const set = (patch: (value: unknown, task: Task) => Partial<Task>): Builtin =>
    onTask((self, [, value]) => db.transaction(tx => tx.update('task', self, patch(value, tx.need('task', self)))));
  const change = (patch: (task: Task, key: string, value: string, self: string) => Partial<Task>): Builtin =>
    onTask((self, [, key, value]) =>
      db.transaction(tx => tx.update('task', self, patch(tx.need('task', self), String(key), String(value), self))),
    );

  return new Map<string, BuiltinRow>([
    [
      'task.create',
      { run: ({ session }, [label, description]) => tasks.create(String(label), String(description), session?.userName ?? '') },
    ],
    ['task.destroy', { run: onTask(self => tasks.destroy(self)) }],
    ['task.cancel', { run: onTask(self => tasks.cancel(self)) }],
    ['task.set_status', { run: set(value => ({ status: value as Task['status'] })) }],
    ['task.set_progress', { run: set(value => ({ progress: Number(value) })) }],
    ['task.set_result', { run: set(value => ({ result: String(value) })) }],
    ['task.set_error_info', { run: set(value => ({ error_info: value as Task['error_info'] })) }],
    ['task.set_other_config', { run: set(value => ({ other_config: value as Task['other_config'] })) }],
    [
      'task.add_to_other_config',
      {
        run: change(({ other_config: map }, key, value, self) => {
          if (Object.hasOwn(map, key)) throw mapDuplicateKey('task', 'other_config', self, key);
          return { other_config: { ...map, [key]: value } };
        }),
      },
    ],
    [
      'task.remove_from_other_config',
      {
        run: change(({ other_config: map }, key) => ({
          other_config: Object.fromEntries(Object.entries(map).filter(([name]) => name !== key)),
        })),
      },
    ],
  ]);
};

const [anyTask] = extraPermissions;

const checkOwner = (session: Session | undefined, owner: string | undefined): void => {
  if (session === undefined) throw sessionInvalid('');
  if (owner !== session.userName && anyTask !== undefined) checkRole(session, anyTask.role, anyTask.name);
};
