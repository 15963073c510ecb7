// What the bonds of a host have negotiated, asked of vswitchd in one round trip however many there are.

import type { BondUplink, HostNetwork } from '../desired.ts';
import type { BondMemberStatus, BondStatus, LinkStatus } from '../status.ts';
import { type Answer, type AskOptions, askSwitch, controlSocket, type Question } from './unixctl.ts';
import type { Connection } from './connection.ts';
import { linkOf } from './keeper.ts';
import { type BondText, type LacpMemberText, parseBond, parseLacp, parseLacpStats, type PduCounts } from './bond-text.ts';

/** A bond as it was asked for, and where it is on the switch. */
export interface SwitchBond {
  readonly uplink: BondUplink;
  /** Name of its port. */
  readonly port: string;
}

const commands = ['bond/show', 'lacp/show', 'lacp/show-stats'] as const;

/** Of a bond that the switch does not have: it says nothing of it. */
const textOf = (answer: Answer | undefined): string => (answer?.kind === 'text' ? answer.text : '');

interface Told {
  readonly bond: BondText;
  readonly lacp: ReadonlyMap<string, LacpMemberText>;
  readonly pdus: ReadonlyMap<string, PduCounts>;
}

const memberStatus = (
  { pif, device }: BondUplink['members'][number],
  { bond, lacp, pdus }: Told,
  link: LinkStatus | undefined,
): BondMemberStatus => {
  const partner = lacp.get(device);
  const counts = pdus.get(device);
  return {
    pif,
    device,
    carrier: link?.carrier ?? false,
    ...(link?.speedMbps !== undefined && { speedMbps: link.speedMbps }),
    enabled: bond.members.get(device)?.enabled ?? false,
    active: bond.members.get(device)?.active ?? false,
    ...(partner && { lacp: { ...partner, ...(counts && { pdus: counts }) } }),
  };
};

/** One bond out of what the switch prints of it, in the order of `commands`. */
export const bondOf = (
  uplink: BondUplink,
  [shown = '', lacp = '', stats = '']: readonly string[],
  linkOf: (device: string) => LinkStatus | undefined,
): BondStatus => {
  const told: Told = { bond: parseBond(shown), lacp: uplink.mode === 'lacp' ? parseLacp(lacp) : new Map(), pdus: parseLacpStats(stats) };
  const members = uplink.members.map(member => memberStatus(member, told, linkOf(member.device)));
  return uplink.members.length === 1 ? loneStatus(uplink, members) : wholeStatus(uplink, members, told);
};

const wholeStatus = (uplink: BondUplink, members: readonly BondMemberStatus[], told: Told): BondStatus => {
  const isOff = uplink.mode !== 'lacp';
  return {
    pif: uplink.pif,
    device: uplink.device,
    mode: uplink.mode,
    lacp: isOff ? 'off' : told.bond.lacp === 'negotiated' ? 'negotiated' : 'configured',
    fallback: !isOff && told.bond.lacp !== 'negotiated' && uplink.lacpFallback && members.some(({ enabled }) => enabled),
    members,
  };
};

/** A bond of one NIC is none to the switch: that NIC carries whatever it can, and LACP alone is as with others. */
const loneStatus = ({ pif, device, mode }: BondUplink, members: readonly BondMemberStatus[]): BondStatus => {
  const isAgreed = members.some(({ lacp }) => lacp?.state === 'current' && lacp.attached);
  return {
    pif,
    device,
    mode,
    lacp: mode !== 'lacp' ? 'off' : isAgreed ? 'negotiated' : 'configured',
    fallback: false,
    members: members.map(member => ({ ...member, enabled: member.carrier, active: member.carrier })),
  };
};

/** Rejects with `unreachable` when vswitchd does not answer. A bond that is not on the switch has no member enabled. */
export const readBonds = async (
  rundir: string,
  bonds: readonly SwitchBond[],
  linkOf: (device: string) => LinkStatus | undefined,
  options: AskOptions = {},
): Promise<readonly BondStatus[]> => {
  if (bonds.length === 0) return [];
  const questions = bonds.flatMap(({ port }) => commands.map((command): Question => ({ command, args: [port] })));
  const answers = await askSwitch(await controlSocket(rundir), questions, options);
  const textsOf = (i: number): readonly string[] => answers.slice(i * commands.length, (i + 1) * commands.length).map(textOf);
  return bonds.map(({ uplink }, i) => bondOf(uplink, textsOf(i), linkOf));
};

/** The bonds of a desired state. The switch is asked only if there is one. */
export const bondsOf = async (
  { networks }: HostNetwork,
  connect: () => Promise<Connection>,
  rundir: string,
): Promise<readonly BondStatus[]> => {
  const uplinks = networks.flatMap(({ uplink }) => (uplink.kind === 'bond' ? [uplink] : []));
  if (uplinks.length === 0) return [];
  const { view, host } = await connect();
  const links = new Map([...view.interfaces.values()].map(row => [row.name, linkOf(row)]));
  return readBonds(
    rundir,
    uplinks.map(uplink => ({ uplink, port: host.names.bond(uplink.device) })),
    device => links.get(device),
  );
};
