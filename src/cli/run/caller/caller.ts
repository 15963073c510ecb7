// Who calls the API, and how much.

import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, uuidOf } from '../../lookup.ts';
import type { Rows } from '../../printer.ts';

export const create: Handler = async ({ args, out, session: open }) => {
  if (!args.has('user-agent') && !args.has('client-ip')) throw new CommandError('Either user-agent or client-ip must be specified');
  const session = await open();
  const caller = await session.call('Caller.create', {
    args: {
      name_label: args.get('name-label') ?? '',
      name_description: args.get('name-description') ?? '',
      user_agent: args.get('user-agent') ?? '',
      client_ip: args.get('client-ip') ?? '',
    },
  });
  out.lines([await uuidOf(session, 'Caller', caller)]);
};

export const usage: Handler = async ({ args, out, session: open }) => {
  const [uuid, group] = [args.get('uuid'), args.get('group')];
  if ((uuid === undefined) === (group === undefined)) throw new CommandError('Give either uuid or group');
  const session = await open();
  const self = uuid === undefined ? undefined : await byUuid(session, 'Caller', uuid);
  const of = group ?? '';
  const [tokens, calls] = await Promise.all(
    self === undefined
      ? [session.call('Caller.query_group_token_usage', { group: of }), session.call('Caller.query_group_call_count', { group: of })]
      : [session.call('Caller.query_token_usage', { self }), session.call('Caller.query_call_count', { self })],
  );
  out.table([
    [
      ['tokens', Number(tokens).toFixed(3)],
      ['call_count', String(calls)],
    ],
  ]);
};

export const allUsage: Handler = async ({ out, session: open }) => {
  const session = await open();
  const found = await session.call('Caller.query_all_usage', {});
  out.table(
    found.map(
      ([uuid = '', name = '', tokens = '', calls = '']): Rows => [
        ['uuid', uuid],
        ['name-label', name],
        ['tokens', tokens],
        ['calls', calls],
      ],
    ),
  );
};
