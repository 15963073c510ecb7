// `rate-limit-create`: a limit, and the callers under it.

import { XenError } from '../../../model/error.ts';
import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const create: Handler = async ({ args, out, session: open }) => {
  const limits = { burst_size: rate(args.text('burst-size')), fill_rate: rate(args.text('fill-rate')) };
  const session = await open();
  const callers = await Promise.all(args.commaList('caller-uuids').map(uuid => byUuid(session, 'Caller', uuid)));
  const self = await session.call('Rate_limit.create', {
    args: { name_label: args.get('name-label') ?? '', name_description: args.get('name-description') ?? '', ...limits },
  });
  for (const caller of callers) await session.call('Rate_limit.add_caller', { self, caller });
  out.lines([await uuidOf(session, 'Rate_limit', self)]);
};

const rate = (text: string): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  // The server's own words, which scripts have come to know.
  if (!Number.isFinite(number)) throw new XenError('INTERNAL_ERROR', ['Failure: float_of_string']);
  return number;
};
