// What the agents of hosts say of themselves.

import type { Ref } from '../../../lib/brand.ts';
import { isXenError } from '../../../model/error.ts';
import type { Handler } from '../../context.ts';
import type { Rows } from '../../printer.ts';
import { forEach, select } from '../../selectors.ts';

export const memory: Handler = async context =>
  await forEach(context, await select(context), async item => {
    const session = await context.session();
    context.out.table([Object.entries(await session.call('Diagnostics.gc_stats', { host: item.ref as Ref<'host'> }))]);
  });

export const timing: Handler = async ({ out, session: open }) => {
  const session = await open();
  const hosts = await session.call('host.get_all_records', {});
  const rows = Object.entries(hosts).map(async ([host, record]): Promise<Rows> => {
    const head: Rows = [
      ['host-uuid', record.uuid],
      ['host-name-label', record.name_label],
    ];
    try {
      return [...head, ...Object.entries(await session.call('host.get_diagnostic_timing_stats', { host: host as Ref<'host'> }))];
    } catch (error) {
      // One host that does not answer leaves the others to be shown.
      if (!isXenError(error)) throw error;
      return [...head, ['Error', [error.code, ...error.params].join('; ')]];
    }
  });
  out.table(await Promise.all(rows));
};

export const database: Handler = async ({ out, session: open }) => {
  const session = await open();
  const stats = await session.call('Diagnostics.db_stats', {});
  out.lines([
    `DB lock stats: ${Object.entries(stats)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
  ]);
};

const NET_PARAMS = ['uri', 'method', 'params'] as const;

export const network: Handler = async context => {
  const { args } = context;
  const params = Object.fromEntries(NET_PARAMS.flatMap(name => (args.has(name) ? [[name, args.text(name)] as const] : [])));
  return await forEach(context, await select(context), async item => {
    const session = await context.session();
    const lines = await session.call('Diagnostics.network_stats', { host: item.ref as Ref<'host'>, params });
    return lines.map(words => words.join(' | '));
  });
};
