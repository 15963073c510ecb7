// VLANs: a tag of a device, or of the network of a bond, on each host.

import type { Session } from '../../../client/session.ts';
import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { RecordOf } from '../../../model/index.ts';
import { CommandError } from '../../exit.ts';
import { hostKey, nameOn, physicalPif, type PlannedBonds } from './bonds.ts';
import { connected, needNetwork } from './networks.ts';
import { change, type Planning, wrong } from './plan.ts';
import type { DeclaredVlan } from './schema.ts';
import { bondOf, type Found, hostsOf, named } from './state.ts';

/** One VLAN out of a range. */
interface Tagged {
  readonly declared: DeclaredVlan;
  readonly tag: number;
  readonly network: string;
}

export const planVlans = (planning: Planning, declared: readonly DeclaredVlan[], bonds: PlannedBonds): void => {
  const seen = new Map<string, string>();
  for (const vlan of declared) {
    const hosts = hostsOf(planning.state, vlan.hosts);
    if (typeof hosts === 'string') {
      wrong(planning, vlan.at('hosts'), `there is no host called ${hosts}`);
      continue;
    }
    for (const tagged of tagsOf(planning, vlan)) {
      for (const host of hosts) {
        for (const key of [hostKey(host[0], `${vlan.on}.${tagged.tag}`), hostKey(host[0], tagged.network)]) {
          if (seen.has(key))
            wrong(planning, vlan.at('tag'), `tag ${tagged.tag} of ${vlan.on}, or its network ${tagged.network}, is declared twice`);
          seen.set(key, tagged.network);
        }
      }
      if (needNetwork(planning, tagged.network, vlan.at('network'))) for (const host of hosts) planVlan(planning, tagged, host, bonds);
    }
  }
};

const tagsOf = (planning: Planning, declared: DeclaredVlan): readonly Tagged[] => {
  const { network, tag } = declared;
  if (tag.first !== tag.last && !network.includes('{tag}')) {
    wrong(planning, declared.at('network'), 'the networks of a range need {tag} in their name');
    return [];
  }
  return Array.from({ length: tag.last - tag.first + 1 }, (_, i) => ({
    declared,
    tag: tag.first + i,
    network: network.replaceAll('{tag}', String(tag.first + i)),
  }));
};

/** What the VLAN is on: an interface that is there, or the bond that the plan makes. */
type Below =
  | { readonly kind: 'pif'; readonly pif: Found<'PIF'> }
  | { readonly kind: 'coming' }
  | { readonly kind: 'wrong'; readonly message: string };

const planVlan = (planning: Planning, tagged: Tagged, host: Found<'host'>, bonds: PlannedBonds): void => {
  const { declared, tag, network } = tagged;
  const [hostRef, { name_label: hostName }] = host;
  const below = belowOf(planning, declared.on, host, bonds);
  if (below.kind === 'wrong') return wrong(planning, declared.at('on'), below.message);
  const taken = connected(planning, hostRef, network);
  if (below.kind === 'pif') {
    const [ref] = below.pif;
    const there = planning.state.all('VLAN').find(([, vlan]) => vlan.tagged_PIF === ref && Number(vlan.tag) === tag)?.[1];
    const carried = there && networkOf(planning, there);
    if (carried === network) {
      planning.unchanged += 1;
      return;
    }
    if (carried !== undefined)
      return wrong(planning, declared.at('network'), `on host ${hostName} tag ${tag} of ${declared.on} carries the network ${carried}`);
  }
  if (taken !== undefined)
    return wrong(planning, declared.at('network'), `on host ${hostName} the network ${network} is connected to ${taken.device} already`);
  planning.steps.push({
    phase: 'VLAN',
    name: nameOn(planning, network, hostName),
    action: 'create',
    changes: [change('tag', undefined, tag), change('on', undefined, declared.on)],
    run: async ({ session, ref }) => {
      const pif = below.kind === 'pif' ? below.pif[0] : await bondMaster(await ref('network', declared.on), hostRef, session);
      await session.call('VLAN.create', { tagged_PIF: pif, tag, network: await ref('network', network) });
    },
  });
};

const belowOf = (planning: Planning, on: string, [host, { name_label: hostName }]: Found<'host'>, bonds: PlannedBonds): Below => {
  if (bonds.networks.has(hostKey(host, on))) {
    const master = bondMasterNow(planning, host, on);
    return master === undefined ? { kind: 'coming' } : { kind: 'pif', pif: master };
  }
  const pif = physicalPif(planning, host, on);
  const bond = bonds.membersOf.get(hostKey(host, on)) ?? (pif && bondNetwork(planning, pif[1]));
  if (bond !== undefined) return { kind: 'wrong', message: `${on} is a member of the bond of network ${bond}: say on: ${bond}` };
  if (pif !== undefined) return { kind: 'pif', pif };
  const master = bondMasterNow(planning, host, on);
  return master === undefined
    ? { kind: 'wrong', message: `host ${hostName} has no interface ${on}, and no bond of a network of that name` }
    : { kind: 'pif', pif: master };
};

const bondNetwork = (planning: Planning, pif: RecordOf<'PIF'>): string | undefined => {
  const bond = bondOf(planning.state, pif);
  const master = bond && planning.state.get('PIF', bond.master);
  return master && planning.state.get('network', master.network)?.name_label;
};

const isBond = (pif: RecordOf<'PIF'>): boolean => pif.bond_master_of.length > 0;

const bondMasterNow = (planning: Planning, host: string, network: string): Found<'PIF'> | undefined => {
  const ref = named(planning.state, 'network', network)[0]?.[0];
  return planning.state
    .all('PIF')
    .find(([, pif]) => pif.host === host && pif.network === ref && isBond(pif) && isNullRef(pif.VLAN_master_of));
};

const networkOf = (planning: Planning, vlan: RecordOf<'VLAN'>): string | undefined => {
  const pif = planning.state.get('PIF', vlan.untagged_PIF);
  return pif && planning.state.get('network', pif.network)?.name_label;
};

/** The interface of a bond that an earlier step has made. */
const bondMaster = async (network: Ref<'network'>, host: Ref<'host'>, session: Session): Promise<Ref<'PIF'>> => {
  for (const pif of await session.call('network.get_PIFs', { self: network })) {
    if ((await session.call('PIF.get_host', { self: pif })) === host) return pif;
  }
  throw new CommandError('The bond below this VLAN is not there');
};
