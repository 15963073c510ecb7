// Snapshots: back to one, VMs made of one, its end.

import { nullRef, type Ref } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import type { Args } from '../../args.ts';
import { callAsTask } from '../../async-call.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError, forceNeeded } from '../../exit.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

/** The snapshot is named by `snapshot-uuid` or `uuid`. */
export const snapshotUuid = (args: Args): string => {
  const uuid = args.get('snapshot-uuid') ?? args.get('uuid');
  if (uuid === undefined) throw new CommandError('Required parameter not found: snapshot-uuid or uuid.');
  return uuid;
};

/** The snapshot that the parameters name. Throws CommandError if it is a VM. */
export const snapshotOf = async (session: Session, args: Args): Promise<Ref<'VM'>> => {
  const uuid = snapshotUuid(args);
  const snapshot = await byUuid(session, 'VM', uuid);
  if (await session.call('VM.get_is_a_snapshot', { self: snapshot })) return snapshot;
  throw new CommandError(`This operation can only be performed on a VM snapshot. ${uuid} is not a VM snapshot.`);
};

export const revert: Handler = async context => {
  const snapshot = await snapshotOf(await context.session(), context.args);
  await callAsTask(context, 'VM.revert', { snapshot }, { title: 'Going back to the snapshot' });
};

export const destroy: Handler = async context => {
  const session = await context.session();
  const snapshot = await snapshotOf(session, context.args);
  if ((await session.call('VM.get_power_state', { self: snapshot })) !== 'Halted') await session.call('VM.hard_shutdown', { vm: snapshot });
  await session.call('VM.destroy', { self: snapshot });
};

export const resetPowerState: Handler = async context => {
  if (!context.args.bool('force')) throw forceNeeded();
  const session = await context.session();
  await session.call('VM.power_state_reset', { vm: await snapshotOf(session, context.args) });
};

const printNew = async (context: Context, session: Session, vm: Ref<'VM'>): Promise<void> => {
  const description = context.args.get('new-name-description');
  if (description !== undefined) await session.call('VM.set_name_description', { self: vm, value: description });
  context.out.lines([await uuidOf(session, 'VM', vm)]);
};

export const clone: Handler = async context => {
  const session = await context.session();
  const vm = await snapshotOf(session, context.args);
  await printNew(context, session, await session.call('VM.clone', { vm, new_name: context.args.text('new-name-label') }));
};

export const copy: Handler = async context => {
  const session = await context.session();
  const vm = await snapshotOf(session, context.args);
  const name = context.args.text('new-name-label');
  const uuid = context.args.get('sr-uuid');
  const sr = uuid === undefined ? nullRef<'SR'>() : await byUuid(session, 'SR', uuid);
  const made = await callAsTask(context, 'VM.copy', { vm, new_name: name, sr }, { title: `Copying to ${name}` });
  await printNew(context, session, made as Ref<'VM'>);
};
