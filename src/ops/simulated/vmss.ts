// Schedules of snapshots.

import { XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { isNullRef, type Ref } from '../../lib/brand.ts';

type Schedule = Readonly<Record<string, string>>;
type Frequency = RecordOf<'VMSS'>['frequency'];

const MAX_RETAINED = 10;
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

interface Rule {
  readonly accepts: (value: string) => boolean;
  readonly default: string;
}

const rules: Readonly<Record<string, Rule>> = {
  min: { accepts: value => ['0', '15', '30', '45'].includes(value), default: '0' },
  hour: { accepts: value => /^\d{1,2}$/.test(value) && Number(value) < 24, default: '0' },
  days: { accepts: value => value.split(',').every(day => days.includes(day.trim())), default: 'Monday' },
};

const needed: Readonly<Record<Frequency, readonly string[]>> = {
  hourly: ['min'],
  daily: ['hour', 'min'],
  weekly: ['hour', 'min', 'days'],
};

const assertEntry = (key: string, value: string): void => {
  if (rules[key]?.accepts(value) !== true) throw new XenError('INVALID_VALUE', [`schedule:${key}`, value]);
};

/** What the frequency needs and is not given takes its default; what it does not need is left out. */
const completed = (frequency: Frequency, given: Schedule): Schedule => {
  for (const [key, value] of Object.entries(given)) assertEntry(key, value);
  const names = needed[frequency];
  const kept = Object.entries(given).filter(([key]) => names.includes(key));
  const missing = names.filter(name => !Object.hasOwn(given, name)).map((name): [string, string] => [name, rules[name]?.default ?? '']);
  return Object.fromEntries([...kept, ...missing]);
};

const assertRetained = (count: number): void => {
  if (count < 1 || count > MAX_RETAINED) throw new XenError('INVALID_VALUE', ['retained_snapshots', String(count)]);
};

const reschedule = (call: Call, self: Ref<'VMSS'>, next: (vmss: RecordOf<'VMSS'>) => Schedule): Promise<void> =>
  change(call.services.db, tx => {
    const vmss = tx.need('VMSS', self);
    tx.update('VMSS', self, { schedule: completed(vmss.frequency, next(vmss)) });
  });

export const vmssVmOps: OpsOf<'VM'> = {
  set_snapshot_schedule: (call, { self, value }) =>
    change(call.services.db, tx => {
      if (!isNullRef(value)) tx.need('VMSS', value);
      tx.update('VM', self, { snapshot_schedule: value });
    }),
};

export const vmssOps: OpsOf<'VMSS'> = {
  create: (call, { args }) =>
    change(call.services.db, tx => {
      assertRetained(args.retained_snapshots);
      // The entries arrive last first, as everything that is added to a map.
      const given = Object.fromEntries(Object.entries(args.schedule).reverse());
      return tx.insert('VMSS', { ...args, schedule: completed(args.frequency, given) });
    }),
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      if (tx.need('VMSS', self).VMs.length > 0) throw new XenError('VMSS_HAS_VM');
      tx.delete('VMSS', self);
    }),
  set_retained_snapshots: (call, { self, value }) =>
    change(call.services.db, tx => {
      assertRetained(value);
      tx.update('VMSS', self, { retained_snapshots: value });
    }),
  set_frequency: (call, { self, value }) =>
    change(call.services.db, tx => {
      const { schedule } = tx.need('VMSS', self);
      tx.update('VMSS', self, { frequency: value, schedule: completed(value, schedule) });
    }),
  set_schedule: (call, { self, value }) => reschedule(call, self, () => value),
  add_to_schedule: (call, { self, key, value }) =>
    reschedule(call, self, ({ schedule: { [key]: _old, ...rest } }) => ({ [key]: value, ...rest })),
  remove_from_schedule: (call, { self, key }) =>
    change(call.services.db, tx => {
      const { [key]: _gone, ...schedule } = tx.need('VMSS', self).schedule;
      tx.update('VMSS', self, { schedule });
    }),
  set_type: (call, { self, value }) => change(call.services.db, tx => tx.update('VMSS', self, { type: value })),
  set_last_run_time: (call, { self, value }) => change(call.services.db, tx => tx.update('VMSS', self, { last_run_time: value })),
};
