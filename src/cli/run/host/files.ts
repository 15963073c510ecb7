// Files of one host: backups, logs, reports.

import type { Ref } from '../../../lib/brand.ts';
import { parseChoice } from '../../args.ts';
import type { Context, Handler } from '../../context.ts';
import { forEach, select } from '../../selectors.ts';
import { fetchFile, sendFile, type Transfer } from '../../transfer.ts';

const onHost = async (context: Context, move: (host: Ref<'host'>) => Promise<unknown>): Promise<number> =>
  await forEach(context, await select(context), async item => {
    await move(item.ref as Ref<'host'>);
  });

const transferOf =
  (path: string, title: string, query: Readonly<Record<string, string>> = {}) =>
  (host: Ref<'host'>): Transfer => ({
    path,
    title,
    query,
    host,
  });

export const backup: Handler = async context => {
  const transfer = transferOf('/host_backup', 'Saving the host');
  return await onHost(context, host => fetchFile(context, transfer(host), context.args.text('file-name')));
};

export const restore: Handler = async context => {
  const transfer = transferOf('/host_restore', 'Restoring the host');
  return await onHost(context, host => sendFile(context, transfer(host), context.args.text('file-name')));
};

export const logs: Handler = async context => {
  const transfer = transferOf('/host_logs_download', 'Saving the logs');
  const now = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  return await onHost(context, host => fetchFile(context, transfer(host), context.args.get('file-name') ?? `logs-${now}Z`));
};

const OUTPUTS = ['tar.bz2', 'tar', 'zip'] as const;

export const systemStatus: Handler = async context => {
  const { args } = context;
  const output = parseChoice(args.get('output') ?? 'tar.bz2', OUTPUTS);
  const transfer = transferOf('/system-status', 'Saving the report', { entries: args.get('entries') ?? '', output });
  return await onHost(context, host => fetchFile(context, transfer(host), args.text('filename')));
};
