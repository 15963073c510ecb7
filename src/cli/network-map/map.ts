// From records to the map of one host's network.
//
//   host ─ NIC ────────────────── network ─ VLANs and tunnels above it ─ guests
//        └ bond ─ its NICs, and ─ network ─ …
//        └ networks without an uplink

import { isNullRef } from '../../lib/brand.ts';
import type { ApiRecord } from '../records/objects.ts';
import type { BondReport, MemberReport } from './bond-report.ts';
import { guestsOf } from './guests.ts';
import { type Health, type MapNode, plain, worst } from './node.ts';
import { flag, follow, int, list, type NetworkRecords, text } from './records.ts';

export interface MapOptions {
  /** Guests that do not run are shown too, not only counted. */
  readonly all: boolean;
}

interface Scene {
  readonly records: NetworkRecords;
  readonly host: string;
  readonly options: MapOptions;
  /** PIFs of the host, by reference. */
  readonly pifs: ReadonlyMap<string, ApiRecord>;
  /** Whether a guest that runs nowhere counts to this host. */
  readonly isOnlyHost: boolean;
}

const speed = (mbps: number): string => (mbps >= 1000 && mbps % 1000 === 0 ? `${mbps / 1000} Gbit/s` : `${mbps} Mbit/s`);

const linkOf = (scene: Scene, pif: ApiRecord, member: MemberReport | undefined): { readonly words: string; readonly isDown: boolean } => {
  const metrics = follow(scene.records.PIF_metrics, pif, 'metrics');
  const carrier = member?.carrier ?? (metrics === undefined ? undefined : flag(metrics, 'carrier'));
  const mbps = member?.speedMbps ?? int(metrics, 'speed');
  if (carrier === undefined) return { words: 'link unknown', isDown: false };
  if (!carrier) return { words: 'no link', isDown: true };
  return { words: mbps > 0 && mbps < 65_535 ? `link ${speed(mbps)}` : 'link up', isDown: false };
};

/** Virtual functions, where the NIC has them enabled. */
const functionsOf = (pif: ApiRecord): readonly string[] => (list(pif, 'sriov_physical_PIF_of').length > 0 ? ['SR-IOV'] : []);

const nicNode = (scene: Scene, pif: ApiRecord, member?: MemberReport): Omit<MapNode, 'children'> => {
  const { words, isDown } = linkOf(scene, pif, member);
  const isUsed = flag(pif, 'currently_attached') || !isNullRef(text(pif, 'bond_slave_of'));
  const use = member === undefined ? [] : [member.enabled ? (member.active ? 'used, active' : 'used') : 'not used'];
  const partner = member?.lacp;
  const lacp = partner === undefined ? [] : [`LACP ${partner.state}${partner.partner.key > 0 ? `, group ${partner.partner.key}` : ''}`];
  const health: Health = !isUsed ? 'off' : isDown ? 'bad' : member?.enabled === false ? 'warn' : 'ok';
  return {
    id: `PIF ${text(pif, 'uuid')}`,
    kind: 'nic',
    name: text(pif, 'device'),
    details: [words, ...use, ...lacp, scene.records.neighbours.get(text(pif, 'uuid')) ?? '', ...functionsOf(pif), text(pif, 'MAC')],
    health,
    faults:
      isUsed && isDown && member === undefined ? ['There is no link: check the cable, and that the port of the switch is enabled.'] : [],
  };
};

const addressesOf = (pif: ApiRecord): { readonly details: readonly string[]; readonly faults: readonly string[] } => {
  const addresses = [text(pif, 'IP'), ...list(pif, 'IPv6').map(address => address.split('/')[0] ?? '')].filter(each => each !== '');
  const modes = [text(pif, 'ip_configuration_mode'), text(pif, 'ipv6_configuration_mode')].filter(mode => mode !== '' && mode !== 'None');
  const isManagement = flag(pif, 'management');
  const missing = modes.length > 0 && addresses.length === 0 && flag(pif, 'currently_attached');
  return {
    details: [...(addresses.length > 0 ? [`host ${addresses.join(' ')}`] : []), ...(isManagement ? ['management'] : [])],
    faults: missing ? [`The host has no address here yet (${modes.join(', ')}).`] : [],
  };
};

/** VLANs and tunnels that stand on a PIF. */
const above = (scene: Scene, pif: ApiRecord): readonly MapNode[] => {
  const { records, pifs } = scene;
  const vlans = list(pif, 'VLAN_slave_of').flatMap(ref => {
    const vlan = records.VLAN.get(ref);
    const upper = vlan && pifs.get(text(vlan, 'untagged_PIF'));
    return vlan && upper
      ? [{ order: int(vlan, 'tag'), node: networkNode(scene, upper, { kind: 'vlan', name: `VLAN ${text(vlan, 'tag')}` }) }]
      : [];
  });
  const tunnels = list(pif, 'tunnel_transport_PIF_of').flatMap(ref => {
    const tunnel = records.tunnel.get(ref);
    const upper = tunnel && pifs.get(text(tunnel, 'access_PIF'));
    const protocol = text(tunnel, 'protocol') || 'gre';
    return tunnel && upper ? [{ order: 1e6, node: networkNode(scene, upper, { kind: 'tunnel', name: `tunnel ${protocol}` }) }] : [];
  });
  return [...vlans.toSorted((a, b) => a.order - b.order), ...tunnels].map(({ node }) => node);
};

/** The network of a NIC's virtual functions, which no bridge carries. */
const virtualFunctions = (scene: Scene, pif: ApiRecord): readonly MapNode[] =>
  [...scene.pifs.values()]
    .filter(each => list(each, 'sriov_logical_PIF_of').length > 0 && text(each, 'device') === text(pif, 'device'))
    .map(each => networkNode(scene, each, { kind: 'network', name: 'SR-IOV' }));

/** A network as it is on this host by one of its PIFs. */
const networkNode = (
  scene: Scene,
  pif: ApiRecord,
  way?: { readonly kind: 'vlan' | 'tunnel' | 'network'; readonly name: string },
): MapNode => {
  const network = follow(scene.records.network, pif, 'network');
  const isPlugged = flag(pif, 'currently_attached');
  const address = addressesOf(pif);
  const bridge = text(network, 'bridge');
  return {
    id: `network ${text(network, 'uuid')}`,
    kind: way?.kind ?? 'network',
    name: way === undefined ? bridge : `${way.name} ${bridge}`,
    details: [...nameOf(network), ...(isPlugged ? [] : ['not plugged']), ...address.details],
    health: !isPlugged ? 'off' : address.faults.length > 0 ? 'warn' : 'ok',
    faults: address.faults,
    children: [...above(scene, pif), ...guestsOf(scene, text(pif, 'network'))],
  };
};

const nameOf = (network: ApiRecord | undefined): readonly string[] => {
  const name = plain(text(network, 'name_label'));
  return name === '' ? [] : [`"${name}"`];
};

const bondNode = (scene: Scene, pif: ApiRecord): MapNode => {
  const { records, pifs } = scene;
  const bond = records.Bond.get(list(pif, 'bond_master_of')[0] ?? '');
  const report: BondReport | undefined = records.reports.get(text(pif, 'uuid'));
  const members = list(bond, 'slaves').flatMap(ref => {
    const member = pifs.get(ref);
    return member === undefined ? [] : [member];
  });
  const nics = members
    .toSorted((a, b) => text(a, 'device').localeCompare(text(b, 'device'), 'en', { numeric: true }))
    .map(
      (member): MapNode => ({
        ...nicNode(
          scene,
          member,
          report?.members.find(({ device }) => device === text(member, 'device')),
        ),
        children: [],
      }),
    );
  const linksUp = report?.members.filter(({ carrier }) => carrier).length ?? int(bond, 'links_up');
  const isUsable = report === undefined ? linksUp > 0 : report.members.some(({ enabled }) => enabled);
  const isPlugged = flag(pif, 'currently_attached');
  const state =
    report === undefined || report.lacp === 'off'
      ? []
      : [report.fallback ? 'LACP not answered, fallback' : `LACP ${report.lacp === 'negotiated' ? 'negotiated' : 'not answered'}`];
  return {
    id: `PIF ${text(pif, 'uuid')}`,
    kind: 'bond',
    name: text(pif, 'device'),
    details: [text(bond, 'mode'), ...state, `${linksUp} of ${members.length} links up`, text(pif, 'MAC')],
    health: !isPlugged ? 'off' : !isUsable ? 'bad' : (report?.advice.length ?? 0) > 0 || linksUp < members.length ? 'warn' : 'ok',
    faults: report?.advice ?? [],
    children: [...nics, networkNode(scene, pif)],
  };
};

/** Networks that no PIF of this host is on, and that its guests use or that are there for them. */
const internalNodes = (scene: Scene): readonly MapNode[] => {
  const { records, pifs, isOnlyHost } = scene;
  const outside = new Set([...pifs.values()].map(pif => text(pif, 'network')));
  return [...records.network]
    .filter(([ref]) => !outside.has(ref))
    .flatMap(([ref, network]): readonly MapNode[] => {
      const guests = guestsOf(scene, ref);
      if (guests.length === 0 && !isOnlyHost) return [];
      const details = [...nameOf(network), 'internal'];
      const health = guests.length === 0 ? 'off' : 'ok';
      return [
        {
          id: `network ${text(network, 'uuid')}`,
          kind: 'network',
          name: text(network, 'bridge'),
          details,
          health,
          faults: [],
          children: guests,
        },
      ];
    });
};

const byDevice = ([, a]: readonly [string, ApiRecord], [, b]: readonly [string, ApiRecord]): number =>
  text(a, 'device').localeCompare(text(b, 'device'), 'en', { numeric: true });

/** The network of one host. */
export const mapOf = (records: NetworkRecords, host: string, options: MapOptions): MapNode => {
  const record = records.host.get(host);
  const pifs = new Map([...records.PIF].filter(([, pif]) => text(pif, 'host') === host));
  const scene: Scene = { records, host, options, pifs, isOnlyHost: records.host.size === 1 };
  const uplinks = [...pifs].toSorted(byDevice).flatMap(([, pif]): readonly MapNode[] => {
    if (list(pif, 'bond_master_of').length > 0) return [bondNode(scene, pif)];
    const isPlain = flag(pif, 'physical') && isNullRef(text(pif, 'bond_slave_of'));
    return isPlain ? [{ ...nicNode(scene, pif), children: [networkNode(scene, pif), ...virtualFunctions(scene, pif)] }] : [];
  });
  const children = [...uplinks, ...internalNodes(scene)];
  return {
    id: `host ${text(record, 'uuid')}`,
    kind: 'host',
    name: plain(text(record, 'name_label')),
    details: [text(record, 'address')].filter(each => each !== ''),
    health: worst(...children.map(gravest)),
    faults: [],
    children,
  };
};

/** Of a thing and all that hangs on it; what is not in use does not count. */
const gravest = ({ health, children }: MapNode): Health => worst(health === 'off' ? 'ok' : health, ...children.map(gravest));
