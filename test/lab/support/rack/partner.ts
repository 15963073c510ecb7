// How the top-of-rack switch treats the ports of one host: the right ways, and the wrong ones that people cable and configure.

import type { PrivateOvs } from './private-ovs.ts';

/** The switch's bridge: one for all hosts. */
export const torBridge = 'tor0';

/** What is at the other end: the name tells its groups from other hosts', the ports are the switch's ends of its cables. */
interface CabledHost {
  readonly name: string;
  readonly ports: readonly string[];
}

interface PortOptions {
  /** VLANs that pass; all, if left out. */
  readonly trunks?: readonly number[];
}

interface LacpOptions {
  /** `active` speaks first; `passive` (the default) only answers. */
  readonly lacp?: 'active' | 'passive';
  readonly time?: 'fast' | 'slow';
}

export type Layout = PortOptions &
  (
    | ({ readonly kind: 'lacp' } & LacpOptions)
    /** Ports on their own: what `balance-slb` and `active-backup` want, and LACP does not. */
    | { readonly kind: 'plain' }
    /** Several groups; with `systems` each of another switch, as far as LACP tells. NICs in no group are left out. */
    | ({ readonly kind: 'groups'; readonly groups: readonly (readonly number[])[]; readonly systems?: boolean } & LacpOptions)
    /** No port of the switch at all: the cables end in the air, or in an LACP speaker of the test. */
    | { readonly kind: 'none' }
  );

const groupName = (host: CabledHost, group: number): string => `bond-${host.name}-${group}`;

const addGroup = (host: CabledHost, members: readonly number[], group: number, settings: readonly string[]): readonly string[] => {
  const name = groupName(host, group);
  const ports = members.map(member => host.ports[member] ?? '');
  // A group of one still speaks LACP.
  const add = ports.length > 1 ? ['add-bond', torBridge, name, ...ports] : ['add-port', torBridge, ports[0] ?? ''];
  return ['--', ...add, '--', 'set', 'port', ports.length > 1 ? name : (ports[0] ?? ''), ...settings];
};

/** One transaction from whatever was to what is wanted. */
export const layPartner = async (ovs: PrivateOvs, host: CabledHost, layout: Layout): Promise<void> => {
  const old = [...host.ports, ...host.ports.map((_, i) => groupName(host, i))];
  const words = old.flatMap(port => ['--', '--if-exists', 'del-port', torBridge, port]);
  const trunks = layout.trunks ? [`trunks=${layout.trunks.join(',')}`] : [];
  const all = host.ports.map((_, i) => i);
  switch (layout.kind) {
    case 'none':
      break;
    case 'plain':
      for (const port of host.ports) {
        words.push('--', 'add-port', torBridge, port);
        if (trunks.length > 0) words.push('--', 'set', 'port', port, ...trunks);
      }
      break;
    case 'lacp':
    case 'groups': {
      const groups = layout.kind === 'lacp' ? [all] : layout.groups;
      const hasSystems = layout.kind === 'groups' && layout.systems === true;
      for (const [group, members] of groups.entries()) {
        const settings = ['bond_mode=balance-tcp', `lacp=${layout.lacp ?? 'passive'}`, `other_config:lacp-time=${layout.time ?? 'fast'}`];
        if (hasSystems) settings.push(`other_config:lacp-system-id="02:00:00:00:ff:0${group}"`);
        words.push(...addGroup(host, members, group, [...settings, ...trunks]));
      }
      break;
    }
    default:
      layout satisfies never;
  }
  await ovs.vsctl(...words.slice(1));
};
