// `network-create`.

import { XenError } from '../../../model/error.ts';
import type { Handler } from '../../context.ts';
import { uuidOf } from '../../lookup.ts';
import { SENSIBLE_MTU, warnOfNonsense } from '../../sensible.ts';

const DEFAULT_MTU = 1500;

export const create: Handler = async context => {
  const { args, out, session: open } = context;
  const mtu = mtuOf(args.get('MTU'));
  const managed = args.bool('managed', true);
  const session = await open();
  const network = await session.call('network.create', {
    args: {
      name_label: args.text('name-label'),
      name_description: args.get('name-description') ?? '',
      MTU: mtu,
      other_config: {},
      bridge: args.get('bridge') ?? '',
      managed,
      tags: [],
    },
  });
  warnOfNonsense(context, 'MTU', mtu, SENSIBLE_MTU);
  out.lines([await uuidOf(session, 'network', network)]);
};

const mtuOf = (text: string | undefined): number => {
  if (text === undefined) return DEFAULT_MTU;
  if (!/^-?\d{1,15}$/.test(text)) throw new XenError('INTERNAL_ERROR', ['Failure: Int64.of_string']);
  return Number(text);
};
