// `sr-introduce`: the record of an SR that exists.

import type { Handler } from '../../context.ts';
import { uuidOf } from '../../lookup.ts';

export const introduce: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const sr = await session.call('SR.introduce', {
    uuid: args.text('uuid'),
    name_label: args.text('name-label'),
    name_description: args.get('name-description') ?? '',
    type: args.text('type'),
    content_type: args.get('content-type') ?? '',
    shared: args.bool('shared'),
  });
  out.lines([await uuidOf(session, 'SR', sr)]);
};
