// The content of disks, from and to files.

import type { Context, Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';
import { lineMeter } from '../../render/line-meter.ts';
import { fetchFile, sendFile, type Transfer } from '../../transfer.ts';
import { parseChoice } from '../../args.ts';

const FORMATS = ['raw', 'vhd', 'tar', 'qcow2'] as const;

const transferOf = async (context: Context, path: string, title: string): Promise<Transfer> => {
  const { args, io } = context;
  const session = await context.session();
  const vdi = await byUuid(session, 'VDI', args.text('uuid'));
  const base = args.get('base');
  const query = {
    vdi,
    format: parseChoice(args.get('format') ?? 'raw', FORMATS),
    ...(base !== undefined && { base: await byUuid(session, 'VDI', base) }),
  };
  const meter = args.bool('progress') ? lineMeter(text => io.stderr.write(text)) : undefined;
  return { path, query, title, ...(meter && { meter }) };
};

export const importContent: Handler = async context => {
  await sendFile(context, await transferOf(context, '/import_raw_vdi', 'Filling the disk'), context.args.text('filename'));
};

export const exportContent: Handler = async context => {
  await fetchFile(context, await transferOf(context, '/export_raw_vdi', 'Saving the disk'), context.args.text('filename'));
};
