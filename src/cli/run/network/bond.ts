// Bonds of network interfaces.

import { CommandError } from '../../exit.ts';
import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

const MODES = ['balance-slb', 'active-backup', 'lacp'] as const;
type BondMode = (typeof MODES)[number];

const modeOf = (text: string | undefined): BondMode => {
  if (text === undefined || text === '') return 'balance-slb';
  const found = MODES.find(mode => mode === text.toLowerCase());
  if (found === undefined) throw new CommandError(`Invalid bond mode. Got ${text}`);
  return found;
};

/** What the API allows and nobody means; to be told by xcp, not in the name of xe. */
const oddity = (members: readonly string[]): string | undefined => {
  const count = new Set(members).size;
  if (count < members.length) return 'the same PIF is named twice, and is in the bond once';
  if (count === 1) return 'a bond of one PIF survives no failure: name 2 to 4';
  return count > MOST_MEMBERS ? `${count} PIFs are more than the ${MOST_MEMBERS} that a bond is supported with` : undefined;
};

const MOST_MEMBERS = 4;

export const create: Handler = async ({ args, io, out, session: open }) => {
  const session = await open();
  const network = await byUuid(session, 'network', args.text('network-uuid'));
  const members = await Promise.all(
    args
      .text('pif-uuids')
      .split(',')
      .map(uuid => byUuid(session, 'PIF', uuid)),
  );
  const mode = modeOf(args.get('mode'));
  const bond = await session.call('Bond.create', {
    network,
    members,
    MAC: args.get('mac') ?? '',
    mode,
    properties: args.map('properties'),
  });
  const odd = io.programName === 'xe' ? undefined : oddity(members);
  if (odd !== undefined) out.warn(`Warning: ${odd}.\n`);
  out.lines([await uuidOf(session, 'Bond', bond)]);
};

export const setMode: Handler = async ({ args, session: open }) => {
  const session = await open();
  const self = await byUuid(session, 'Bond', args.text('uuid'));
  await session.call('Bond.set_mode', { self, value: modeOf(args.get('mode')) });
};
