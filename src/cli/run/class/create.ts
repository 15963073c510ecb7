// Plain objects: secrets, appliances, groups, schedules.

import { parseChoice } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import type { Handler } from '../../context.ts';
import { uuidOf } from '../../lookup.ts';

export const secret: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const made = await session.call('secret.create', { args: { value: args.text('value'), other_config: {} } });
  out.lines([await uuidOf(session, 'secret', made)]);
};

export const appliance: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const record = { name_label: args.text('name-label'), name_description: args.get('name-description') ?? '' };
  out.lines([await uuidOf(session, 'VM_appliance', await session.call('VM_appliance.create', { args: record }))]);
};

const placementOf = (text: string): 'normal' | 'anti_affinity' => {
  if (text === 'normal') return text;
  if (text === 'anti-affinity') return 'anti_affinity';
  throw new CommandError(`Invalid VM placement policy, got ${text}`);
};

export const vmGroup: Handler = async ({ args, out, session: open }) => {
  const placement = placementOf(args.text('placement'));
  const session = await open();
  const record = { name_label: args.text('name-label'), name_description: args.get('name-description') ?? '', placement };
  out.lines([await uuidOf(session, 'VM_group', await session.call('VM_group.create', { args: record }))]);
};

const TYPES = ['snapshot', 'checkpoint', 'snapshot_with_quiesce'] as const;
const FREQUENCIES = ['hourly', 'daily', 'weekly'] as const;
const DEFAULT_RETAINED = 7;

const oneOf = <T extends string>(text: string, choices: readonly T[]): T => {
  const found = parseChoice(text, choices);
  return choices.find(choice => choice === found) ?? fail(text);
};
const fail = (text: string): never => {
  throw new CommandError(`Unexpected value ${text}`);
};

export const vmss: Handler = async ({ args, out, session: open }) => {
  const type = oneOf(args.text('type'), TYPES);
  const frequency = oneOf(args.text('frequency'), FREQUENCIES);
  const enabled = args.bool('enabled', true);
  const session = await open();
  const made = await session.call('VMSS.create', {
    args: {
      name_label: args.text('name-label'),
      name_description: args.get('name-description') ?? '',
      enabled,
      type,
      retained_snapshots: args.has('retained-snapshots') ? args.int('retained-snapshots') : DEFAULT_RETAINED,
      frequency,
      schedule: args.map('schedule'),
    },
  });
  out.lines([await uuidOf(session, 'VMSS', made)]);
};
