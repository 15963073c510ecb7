// `pbd-create`: how a host reaches an SR.

import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

export const create: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const host = await byUuid(session, 'host', args.text('host-uuid'));
  const sr = await byUuid(session, 'SR', args.text('sr-uuid'));
  const pbd = await session.call('PBD.create', { args: { host, SR: sr, device_config: args.map('device-config'), other_config: {} } });
  out.lines([await uuidOf(session, 'PBD', pbd)]);
};
