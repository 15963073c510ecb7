// What is wrong with a bond, in words, and what to do about it: pure. Nothing is said of a bond that works with all its members.
//
// `flags` of a partner are what it tells of its own port: it is in the group (`synchronized`), it takes frames (`collecting`), it sends them
// (`distributing`), it has not heard us (`defaulted`, `expired`).

import type { BondMemberStatus, BondStatus, LacpParty } from './status.ts';

const nobody = '00:00:00:00:00:00';

type LacpMember = BondMemberStatus & { readonly lacp: NonNullable<BondMemberStatus['lacp']> };

const hasLacp = (member: BondMemberStatus): member is LacpMember => member.lacp !== undefined;

/** `eth0`, `eth0 and eth1`, `eth0, eth1 and eth2`. */
const listed = (members: readonly { readonly device: string }[]): string => {
  const names = members.map(({ device }) => device);
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
};

const several = (members: readonly unknown[], one: string, many: string): string => (members.length === 1 ? one : many);

/** A group at a switch, as the partner tells it. */
const groupOf = ({ systemId, key }: LacpParty): string => `${systemId} ${key}`;

const byGroup = <T>(items: readonly T[], nameOf: (item: T) => string): readonly (readonly T[])[] => [
  ...Map.groupBy(items, nameOf).values(),
];

const ofLinks = ({ members }: BondStatus): readonly string[] => {
  const words: string[] = [];
  const down = members.filter(({ carrier }) => !carrier);
  const up = members.filter(({ carrier }) => carrier);
  const check = 'check the cable, and that the port of the switch is enabled';
  if (up.length === 0 && members.length > 0) return [`No NIC of this bond has a link, so it carries nothing: ${check} of ${listed(down)}.`];
  if (down.length > 0) words.push(`${listed(down)} ${several(down, 'has', 'have')} no link: ${check}.`);
  if (up.length === 1 && members.length > 1) words.push(`Only ${listed(up)} is left: when it fails too, the bond carries nothing.`);
  const speeds = byGroup(
    up.filter(({ speedMbps }) => speedMbps !== undefined),
    ({ speedMbps }) => String(speedMbps),
  );
  if (speeds.length > 1) {
    const each = speeds.map(group => `${listed(group)} ${several(group, 'runs', 'run')} at ${group[0]?.speedMbps} Mbit/s`);
    words.push(`${each.join(', ')}: give all NICs of the bond the same speed; a switch keeps slower ones out of an LACP group.`);
  }
  return words;
};

/** Members whose port at the switch says nothing, while there is a link. */
const ofSilence = (silent: readonly LacpMember[], heard: readonly LacpMember[], fallback: boolean): readonly string[] => {
  if (silent.length === 0) return [];
  const before = silent.some(({ lacp }) => (lacp.pdus?.received ?? 0) > 0);
  const how = before ? 'no longer speaks LACP' : 'does not speak LACP';
  if (heard.length > 0) {
    const ports = several(silent, 'its port', 'their ports');
    return [
      `The switch ${how} on ${listed(silent)}, but does on ${listed(heard)}: put ${ports} into the same LACP group there, and check that the cables end where they should.`,
    ];
  }
  const fix = 'Put the ports of these NICs into one LACP group (802.3ad, "channel-group mode active") at the switch';
  return [
    fallback
      ? `The switch ${how} on any NIC, so the bond goes on with one NIC at a time (lacp-fallback-ab). ${fix}.`
      : `The switch ${how} on any NIC, so the bond carries nothing. ${fix}, or use a mode that needs no help of the switch: xcp bond-set-mode mode=active-backup.`,
  ];
};

/** Members by the switch and the group that they were heard from. The first is the right one: it is in use, or the largest. */
const groupsOf = (heard: readonly LacpMember[]): readonly (readonly LacpMember[])[] => {
  const used = (group: readonly LacpMember[]): number => group.filter(({ enabled }) => enabled).length;
  return byGroup(heard, ({ lacp }) => groupOf(lacp.partner)).toSorted((a, b) => used(b) - used(a) || b.length - a.length);
};

const ofGroups = ([right, ...others]: readonly (readonly LacpMember[])[]): readonly string[] => {
  const main = right?.[0]?.lacp.partner;
  if (right === undefined || main === undefined) return [];
  return others.map(group => {
    const partner = group[0]?.lacp.partner ?? main;
    const are = several(group, 'is', 'are');
    if (partner.systemId !== main.systemId)
      return `${listed(group)} ${are} cabled to another switch (${partner.systemId}) than ${listed(right)} (${main.systemId}), and ${are} not used: cable all to one switch, or join the two as one LACP system (stack, MLAG, vPC).`;
    return `${listed(group)} ${are} in another LACP group of the switch (key ${partner.key}) than ${listed(right)} (key ${main.key}), and ${are} not used: put all ports into one group.`;
  });
};

/** What is wrong at one member whose partner speaks, or spoke a moment ago. */
const faultOf = ({ lacp }: LacpMember): { readonly kind: string; readonly words: (names: string, is: string) => string } | undefined => {
  const { state, partner, actor } = lacp;
  const says = (flag: string): boolean => partner.flags.includes(flag);
  if (partner.systemId === actor.systemId)
    return { kind: 'loop', words: names => `${names} hears this host itself: two of its NICs are cabled to each other.` };
  if (state === 'expired')
    return {
      kind: 'expired',
      words: names =>
        `The switch has stopped to speak LACP on ${names} though the link is up: frames get lost on their way in, or its port was taken out of the group.`,
    };
  if (!says('synchronized') && (says('defaulted') || says('expired')))
    return {
      kind: 'deaf',
      words: names =>
        `The switch does not hear this host on ${names}: frames get lost on their way out. Check the cable (one direction may be broken) and what stands between.`,
    };
  if (!says('aggregation'))
    return {
      kind: 'individual',
      words: (names, is) =>
        `The switch treats ${names} as ${is === 'is' ? 'a link' : 'links'} on ${is === 'is' ? 'its' : 'their'} own (not aggregatable): put all ports into one LACP group.`,
    };
  if (!says('synchronized'))
    return {
      kind: 'out',
      words: (names, is) =>
        `The switch speaks LACP on ${names} but keeps ${is === 'is' ? 'it' : 'them'} out of its group: look there for a limit of active ports, a different speed or duplex, or different VLAN settings of the ports.`,
    };
  if (!says('collecting') || !says('distributing')) {
    const missing = [...(says('collecting') ? [] : ['take frames']), ...(says('distributing') ? [] : ['send frames'])].join(' or ');
    return {
      kind: `half ${missing}`,
      words: names =>
        `LACP on ${names} is half negotiated: the switch has the port in its group but does not ${missing}, so traffic there is lost. If it stays so, take the port out of the group and in again; look for a port blocked by spanning tree or errors.`,
    };
  }
  return undefined;
};

const ofFaults = (heard: readonly LacpMember[]): readonly string[] => {
  const faulty = heard.flatMap(member => {
    const fault = faultOf(member);
    return fault ? [{ ...member, fault }] : [];
  });
  return byGroup(faulty, ({ fault }) => fault.kind).map(group => group[0]?.fault.words(listed(group), several(group, 'is', 'are')) ?? '');
};

const ofLacp = ({ members, fallback }: BondStatus): readonly string[] => {
  const linked = members.filter(hasLacp).filter(({ carrier }) => carrier);
  const isHeard = ({ lacp }: LacpMember): boolean => lacp.state !== 'defaulted' && lacp.partner.systemId !== nobody;
  const heard = linked.filter(isHeard);
  const silent = linked.filter(member => !isHeard(member));
  const groups = groupsOf(heard);
  // Who is in the wrong group has no other fault worth telling.
  return [...ofSilence(silent, heard, fallback), ...ofGroups(groups), ...ofFaults(groups[0] ?? [])];
};

/** Members that have a link, no partner to blame, and are not used all the same. */
const ofUnused = ({ members, mode }: BondStatus): readonly string[] => {
  const unused = members.filter(({ carrier, enabled }) => carrier && !enabled);
  if (mode !== 'balance-slb' || unused.length === 0) return [];
  return [
    `${listed(unused)} ${several(unused, 'has a link but is', 'have a link but are')} not used (yet): the switch of this host waits for the link to stay up, or was told so by hand.`,
  ];
};

/** Sentences, the gravest first; none if all is well. */
export const explainBond = (status: BondStatus): readonly string[] => {
  const links = ofLinks(status);
  if (!status.members.some(({ carrier }) => carrier)) return links;
  if (status.mode !== 'lacp') return [...links, ...ofUnused(status)];
  if (!status.members.some(hasLacp)) return [...links, 'The switch of this host does not know this bond (yet).'];
  return [...ofLacp(status), ...links];
};
