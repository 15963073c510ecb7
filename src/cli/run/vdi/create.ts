// `vdi-create`.

import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

const TYPES = ['system', 'user', 'suspend', 'crashdump'] as const;
type VdiType = (typeof TYPES)[number];

export const vdiType = (text: string): VdiType => {
  const found = TYPES.find(type => type === text.toLowerCase());
  if (found === undefined) throw new CommandError(`Unknown vdi type: ${text}`);
  return found;
};

export const create: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const sr = await byUuid(session, 'SR', args.text('sr-uuid'));
  const vdi = await session.call('VDI.create', {
    args: {
      name_label: args.text('name-label'),
      name_description: '',
      SR: sr,
      virtual_size: args.bytes('virtual-size'),
      type: vdiType(args.get('type') ?? 'user'),
      sharable: args.bool('sharable'),
      read_only: false,
      other_config: {},
      xenstore_data: {},
      sm_config: args.map('sm-config'),
      tags: args.set('tags'),
    },
  });
  out.lines([await uuidOf(session, 'VDI', vdi)]);
};
