// Bonds: on each host the same members, the same mode, the same network.

import { isNullRef } from '../../../lib/brand.ts';
import type { RecordOf } from '../../../model/index.ts';
import { connected, needNetwork } from './networks.ts';
import { addChanges, change, type Change, type Part, type Planning, sameMembers, setting, wrong } from './plan.ts';
import type { DeclaredBond } from './schema.ts';
import { bondOf, type Found, hostsOf } from './state.ts';

const MIN_MEMBERS = 2;

/** Bonds of the file by host and network, and the network of the bond that takes each device, for the VLANs above them. */
export interface PlannedBonds {
  readonly networks: ReadonlySet<string>;
  readonly membersOf: ReadonlyMap<string, string>;
}

export const hostKey = (host: string, name: string): string => `${host}/${name}`;

export const planBonds = (planning: Planning, declared: readonly DeclaredBond[]): PlannedBonds => {
  const networks = new Set<string>();
  const membersOf = new Map<string, string>();
  for (const bond of declared) {
    const hosts = hostsOf(planning.state, bond.hosts);
    if (typeof hosts === 'string') {
      wrong(planning, bond.at('hosts'), `there is no host called ${hosts}`);
      continue;
    }
    if (new Set(bond.members).size < MIN_MEMBERS) wrong(planning, bond.at('members'), 'a bond has two members or more');
    if (!needNetwork(planning, bond.network, bond.at('network'))) continue;
    for (const host of hosts) {
      networks.add(hostKey(host[0], bond.network));
      for (const member of bond.members) {
        const other = membersOf.get(hostKey(host[0], member));
        if (other !== undefined) wrong(planning, bond.at('members'), `${member} is a member of the bond of network ${other} already`);
        membersOf.set(hostKey(host[0], member), bond.network);
      }
      planBond(planning, bond, host);
    }
  }
  return { networks, membersOf };
};

const planBond = (planning: Planning, declared: DeclaredBond, [host, { name_label: hostName }]: Found<'host'>): void => {
  const { network, members } = declared;
  const pifs = members.map(device => physicalPif(planning, host, device));
  const absent = members.filter((_, i) => pifs[i] === undefined);
  if (absent.length > 0) return wrong(planning, declared.at('members'), `host ${hostName} has no interface ${absent.join(', ')}`);
  const found = pifs.flatMap(pif => (pif === undefined ? [] : [pif]));
  const bonds = new Set(found.flatMap(([, pif]) => bondOf(planning.state, pif) ?? []));
  const [bond] = bonds;
  const name = nameOn(planning, network, hostName);
  if (bond === undefined) {
    const other = connected(planning, host, network);
    if (other !== undefined && !found.some(([, pif]) => pif.uuid === other.uuid))
      return wrong(planning, declared.at('network'), `on host ${hostName} the network ${network} is connected to ${other.device} already`);
    return create(planning, declared, name, found);
  }
  const devices = bond.slaves.map(ref => planning.state.get('PIF', ref)?.device ?? '');
  if (bonds.size > 1 || !sameMembers(devices, members))
    return wrong(
      planning,
      declared.at('members'),
      `on host ${hostName} there is a bond of ${devices.toSorted().join(', ')}: destroy it first`,
    );
  const carried = networkOfBond(planning, bond);
  if (carried !== network)
    return wrong(
      planning,
      declared.at('network'),
      `on host ${hostName} the bond of ${devices.toSorted().join(', ')} carries the network ${carried}`,
    );
  addChanges(planning, { phase: 'bond', name, ref: refOf(planning, bond) }, [
    setting('mode', { from: bond.mode, to: declared.mode }, 'Bond.set_mode'),
    properties(bond, declared),
  ]);
};

export const nameOn = (planning: Planning, name: string, hostName: string): string =>
  planning.state.all('host').length > 1 ? `${name} on ${hostName}` : name;

export const physicalPif = (planning: Planning, host: string, device: string): Found<'PIF'> | undefined =>
  planning.state.all('PIF').find(([, pif]) => pif.host === host && pif.device === device && pif.physical);

const refOf = (planning: Planning, bond: RecordOf<'Bond'>): string =>
  planning.state.all('Bond').find(([, each]) => each.uuid === bond.uuid)?.[0] ?? '';

const networkOfBond = (planning: Planning, bond: RecordOf<'Bond'>): string => {
  const master = planning.state.get('PIF', bond.master);
  return (master && planning.state.get('network', master.network)?.name_label) ?? '';
};

const properties = (bond: RecordOf<'Bond'>, { properties: wanted }: DeclaredBond): Part => {
  const due = Object.entries(wanted ?? {}).filter(([key, value]) => bond.properties[key] !== value);
  return {
    changes: due.map(([key, value]): Change => change(`properties:${key}`, bond.properties[key], value)),
    run: async ({ session }, ref) => {
      for (const [key, value] of due) await session.raw('Bond.set_property', [ref, key, value]);
    },
  };
};

const create = (planning: Planning, declared: DeclaredBond, name: string, members: readonly Found<'PIF'>[]): void => {
  const { network, mode = 'balance-slb', properties: wanted = {} } = declared;
  const onVlan = members.find(([, pif]) => !isNullRef(pif.VLAN_master_of));
  if (onVlan !== undefined) return wrong(planning, declared.at('members'), `${onVlan[1].device} is a VLAN`);
  planning.steps.push({
    phase: 'bond',
    name,
    action: 'create',
    changes: [
      change('members', undefined, members.map(([, { device }]) => device).join(', ')),
      change('mode', undefined, mode),
      ...Object.entries(wanted).map(([key, value]) => change(`properties:${key}`, undefined, value)),
    ],
    run: async doing => {
      const ref = await doing.ref('network', network);
      await doing.session.call('Bond.create', { network: ref, members: members.map(([pif]) => pif), MAC: '', mode, properties: wanted });
    },
  });
};
