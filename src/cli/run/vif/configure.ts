// `vif-configure-ipv4` and `-ipv6`: the address that the guest shall have.

import { type Args, parseChoice } from '../../args.ts';
import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';

const STATIC = 'Static';

/** Only a fixed address has to be named. */
const addressFor = (mode: string, args: Args): string => {
  const address = args.get('address');
  if (address === undefined && mode === STATIC) throw new CommandError('Required parameter not found: address');
  return address ?? '';
};

const configure =
  (message: string, modes: readonly string[]): Handler =>
  async ({ args, session: open }) => {
    const session = await open();
    const vif = await byUuid(session, 'VIF', args.text('uuid'));
    const mode = parseChoice(args.text('mode'), modes);
    await session.raw(message, [vif, mode, addressFor(mode, args), args.get('gateway') ?? '']);
  };

export const ipv4 = configure('VIF.configure_ipv4', ['None', STATIC, 'DHCP']);
export const ipv6 = configure('VIF.configure_ipv6', ['None', STATIC, 'Autoconf']);
