// `vdi-introduce`: the record of a disk that is on its SR already.

import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';
import { vdiType } from './create.ts';

export const introduce: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const vdi = await session.call('VDI.introduce', {
    uuid: args.text('uuid'),
    name_label: args.get('name-label') ?? '',
    name_description: args.get('name-description') ?? '',
    SR: await byUuid(session, 'SR', args.text('sr-uuid')),
    type: vdiType(args.text('type')),
    sharable: args.bool('sharable'),
    read_only: args.bool('read-only'),
    other_config: args.map('other-config'),
    location: args.text('location'),
    xenstore_data: args.map('xenstore-data'),
    sm_config: args.map('sm-config'),
    managed: args.bool('managed', true),
  });
  out.lines([await uuidOf(session, 'VDI', vdi)]);
};
