// `vdi-resize`: larger, and on request while the disk is in use.

import type { Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';

export const resize: Handler = async ({ args, session: open }) => {
  const session = await open();
  const vdi = await byUuid(session, 'VDI', args.text('uuid'));
  const size = args.bytes('disk-size');
  await session.call(args.bool('online') ? 'VDI.resize_online' : 'VDI.resize', { vdi, size });
};
