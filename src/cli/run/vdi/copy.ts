// `vdi-clone`, with a name of its own if one is given.

import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const clone: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const vdi = await byUuid(session, 'VDI', args.text('uuid'));
  const made = await session.call('VDI.clone', { vdi, driver_params: args.map('driver-params') });
  const name = args.get('new-name-label');
  if (name !== undefined) await session.call('VDI.set_name_label', { self: made, value: name });
  const description = args.get('new-name-description');
  if (description !== undefined) await session.call('VDI.set_name_description', { self: made, value: description });
  out.lines([await uuidOf(session, 'VDI', made)]);
};
