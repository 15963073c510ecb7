// What hosts are asked for beside their power.

import { readFile } from 'node:fs/promises';
import type { Ref } from '../../../lib/brand.ts';
import { isXenError } from '../../../model/error.ts';
import type { ClassName } from '../../../model/index.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';
import { fetchRecords } from '../../records/fetch.ts';
import { Objects } from '../../records/objects.ts';
import { forEach, select } from '../../selectors.ts';

const MAINTENANCE_KEY = 'MAINTENANCE_MODE';

export const enable: Handler = async context => {
  const session = await context.session();
  return await forEach(context, await select(context), async item => {
    const host = item.ref as Ref<'host'>;
    try {
      await session.call('host.remove_from_other_config', { self: host, key: MAINTENANCE_KEY });
    } catch (error) {
      // The key need not be there.
      if (!isXenError(error)) throw error;
    }
    await session.call('host.enable', { host });
  });
};

export const setHostname: Handler = async ({ args, session: open }) => {
  const session = await open();
  const host = await byUuid(session, 'host', args.text('host-uuid'));
  await session.call('host.set_hostname_live', { host, hostname: args.text('host-name') });
};

/** `args:key:file=path` gives the content of a file. */
export const callPlugin: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const host = await byUuid(session, 'host', args.text('host-uuid'));
  const entries = await Promise.all(
    Object.entries(args.map('args')).map(
      async ([key, value]): Promise<readonly [string, string]> =>
        key.endsWith(':file') ? [key.slice(0, -':file'.length), await readFile(value, 'utf8')] : [key, value],
    ),
  );
  out.lines([
    await session.call('host.call_plugin', { host, plugin: args.text('plugin'), fn: args.text('fn'), args: Object.fromEntries(entries) }),
  ]);
};

export const editions: Handler = async ({ out, session: open }) => {
  const session = await open();
  const hosts = await session.call('host.get_all_records', {});
  out.lines([...new Set(Object.values(hosts).flatMap(host => host.editions))]);
};

export const stuckVms: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const host = await byUuid(session, 'host', args.text('uuid'));
  const stuck = await session.call('host.get_vms_which_prevent_evacuation', { self: host });
  const objects = new Objects(session);
  const rows = Object.entries(stuck).map(async ([vm, reason]) => {
    const record = await objects.record('VM', vm);
    return [
      ['uuid', String(record?.['uuid'])],
      ['name-label', String(record?.['name_label'])],
      ['reason', reason.join(': ')],
    ] as const;
  });
  out.table(await Promise.all(rows));
};

/** The selectors' words for a host that is not there, as these commands say it. */
const hostOr = async (context: Context, cls: ClassName = 'host'): Promise<Ref<'host'>> => {
  const session = await context.session();
  const uuid = context.args.text('uuid');
  const found = (await fetchRecords(session, cls)).find(([, record]) => record['uuid'] === uuid);
  if (found === undefined) throw new CommandError('No matching hosts found');
  return found[0] as Ref<'host'>;
};

export const smDiagnostics: Handler = async context => {
  const host = await hostOr(context);
  context.out.lines([await (await context.session()).call('host.get_sm_diagnostics', { host })]);
};

export const threadDiagnostics: Handler = async context => {
  const host = await hostOr(context);
  context.out.lines([await (await context.session()).call('host.get_thread_diagnostics', { host })]);
};

export const destroyDatapath: Handler = async context => {
  const host = await hostOr(context);
  const { args } = context;
  await (await context.session()).call('host.sm_dp_destroy', { host, dp: args.text('dp'), allow_leak: args.bool('allow-leak') });
};
