// Users and groups of an external directory, and their roles.

import type { Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const add: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const identifier = await session.call('auth.get_subject_identifier', { subject_name: args.text('subject-name') });
  const information = await session.call('auth.get_subject_information_from_identifier', { subject_identifier: identifier });
  const subject = await session.call('subject.create', { args: { subject_identifier: identifier, other_config: information } });
  out.lines([await uuidOf(session, 'subject', subject)]);
};

const targets = async (context: Context): Promise<{ readonly self: Ref<'subject'>; readonly role: Ref<'role'> }> => {
  const { args } = context;
  const uuid = args.get('role-uuid');
  const name = args.get('role-name');
  if (uuid === undefined && name === undefined) throw new CommandError('Required parameter not found: role-uuid or role-name');
  const session = await context.session();
  const self = await byUuid(session, 'subject', args.text('uuid'));
  if (uuid !== undefined) return { self, role: await byUuid(session, 'role', uuid) };
  const [role] = await session.call('role.get_by_name_label', { label: name ?? '' });
  if (role === undefined) throw new CommandError(`Role ${name ?? ''} not found`);
  return { self, role };
};

export const addRole: Handler = async context => {
  const { self, role } = await targets(context);
  await (await context.session()).call('subject.add_to_roles', { self, role });
};

export const removeRole: Handler = async context => {
  const { self, role } = await targets(context);
  await (await context.session()).call('subject.remove_from_roles', { self, role });
};
