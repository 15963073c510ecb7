// `vdi-pool-migrate`: the disk of a running VM moves to another SR.

import { callAsTask } from '../../async-call.ts';
import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const poolMigrate: Handler = async context => {
  const { args } = context;
  const session = await context.session();
  const vdi = await byUuid(session, 'VDI', args.text('uuid'));
  const sr = await byUuid(session, 'SR', args.text('sr-uuid'));
  const format = args.get('dest-img-format');
  const options = format === undefined ? {} : { dest_img_format: format };
  const moved = await callAsTask(context, 'VDI.pool_migrate', { vdi, sr, options }, { title: 'Moving the disk' });
  context.out.lines([await uuidOf(session, 'VDI', moved)]);
};
