// Hosts given up for lost.

import { confirmed } from '../../confirm.ts';
import type { Context, Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';

const warn = (context: Context, lines: readonly string[]): void => context.out.direct(lines.map(line => `${line}\n`).join(''));

export const forget: Handler = async context => {
  const session = await context.session();
  const host = await byUuid(session, 'host', context.args.text('uuid'));
  if (!context.args.bool('force'))
    warn(context, [
      'WARNING: A host should only be forgotten if it will never come back.',
      'All it has on its own disks is lost to the pool.',
    ]);
  if (await confirmed(context)) await session.call('host.destroy', { self: host });
};

export const declareDead: Handler = async context => {
  const session = await context.session();
  const host = await byUuid(session, 'host', context.args.text('uuid'));
  if (!context.args.bool('force'))
    warn(context, [
      'WARNING: Declare a host dead only if it is off for certain.',
      'A VM that still runs there and starts elsewhere destroys its disks.',
    ]);
  if (await confirmed(context)) await session.call('host.declare_dead', { host });
};
