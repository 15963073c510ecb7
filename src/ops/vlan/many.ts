// Many VLANs at once, with their networks: one transaction on the database, one on the switch, all or nothing.
//
// Private messages of xcp, beside XenAPI; a server that does not have them answers MESSAGE_METHOD_UNKNOWN, and its clients make one VLAN
// after the other. JSON in, JSON out:
//
//   xcp.vlan_create_many (session, { pif, all_hosts, tags, network_name, network_description?, if_missing })
//     → [{ tag, created, network, pifs }]        one row per tag, in the order given; uuids of the network and of the VLANs' PIFs
//   xcp.vlan_destroy_many (session, { pif, all_hosts, tags, if_present })
//     → [{ tag, destroyed }]
//
// `pif` is a reference; with `all_hosts` the VLANs are on the PIF of that device of every host. `%d` in the name and the description
// stands for the tag. `if_missing`: what is there is left and told; a network of that name is used. `if_present`: tags that are not there are
// passed over. Networks that were made with their VLANs go with them, others stay.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { madeWithVlanKey } from '../../model/own-keys.ts';
import type { Call } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { bridgeNamer } from '../network/bridge-names.ts';
import { type Below, createVlan, destroyVlan } from './one.ts';

export interface ManyVlans {
  readonly pif: Ref<'PIF'>;
  readonly allHosts: boolean;
  readonly tags: readonly number[];
}

export interface NewVlans extends ManyVlans {
  readonly networkName: string;
  readonly networkDescription: string;
  readonly ifMissing: boolean;
}

export interface MadeVlan {
  readonly tag: number;
  readonly created: boolean;
  readonly network: string;
  readonly pifs: readonly string[];
}

const pifsOf = (tx: Tx, { pif, allHosts }: ManyVlans): readonly Ref<'PIF'>[] => {
  const { device } = tx.need('PIF', pif);
  if (!allHosts) return [pif];
  return [...tx.all('PIF')].filter(([, other]) => other.device === device && other.VLAN === -1).map(([ref]) => ref);
};

/** The VLANs of an interface, by tag. */
const vlansOn = (tx: Tx, pif: Ref<'PIF'>): ReadonlyMap<number, Ref<'VLAN'>> =>
  new Map(tx.need('PIF', pif).VLAN_slave_of.map(ref => [tx.need('VLAN', ref).tag, ref]));

const named = (pattern: string, tag: number): string => pattern.replaceAll('%d', String(tag));

const checked = ({ tags, networkName }: NewVlans): void => {
  if (tags.length > 1 && !networkName.includes('%d'))
    throw new XenError('INVALID_VALUE', ['network_name', `${networkName}: several VLANs need several names; %d stands for the tag`]);
};

class Work {
  readonly #tx: Tx;
  readonly #request: NewVlans;
  readonly #refs: readonly Ref<'PIF'>[];
  readonly #below: readonly Below[];
  readonly #mtu: number;
  readonly #freeBridge: () => string;

  constructor(tx: Tx, request: NewVlans) {
    this.#tx = tx;
    this.#request = request;
    this.#refs = pifsOf(tx, request);
    this.#below = this.#refs.map(ref => ({ pif: tx.need('PIF', ref), vlans: vlansOn(tx, ref) }));
    this.#mtu = tx.need('network', tx.need('PIF', request.pif).network).MTU;
    this.#freeBridge = bridgeNamer(tx);
  }

  make(tag: number): MadeVlan {
    const tx = this.#tx;
    const known = this.#below.map(({ vlans }) => (this.#request.ifMissing ? vlans.get(tag) : undefined));
    const network = this.#networkOf(known) ?? this.#network(tag);
    const vlans = this.#refs.map((pif, i) => known[i] ?? createVlan(tx, pif, network, tag, this.#below[i]));
    const pifs = vlans.map(vlan => tx.need('PIF', tx.need('VLAN', vlan).untagged_PIF).uuid);
    return { tag, created: known.includes(undefined), network: tx.need('network', network).uuid, pifs };
  }

  #networkOf(vlans: readonly (Ref<'VLAN'> | undefined)[]): Ref<'network'> | undefined {
    const vlan = vlans.find(ref => ref !== undefined);
    return vlan && this.#tx.need('PIF', this.#tx.need('VLAN', vlan).untagged_PIF).network;
  }

  #network(tag: number): Ref<'network'> {
    const tx = this.#tx;
    const name_label = named(this.#request.networkName, tag);
    const [same, ...more] = tx.byNameLabel('network', name_label);
    if (same !== undefined) {
      if (this.#request.ifMissing && more.length === 0) return same;
      const reason = this.#request.ifMissing ? 'there are several networks of this name' : 'there is a network of this name';
      throw new XenError('INVALID_VALUE', ['network_name', `${name_label}: ${reason}`]);
    }
    return tx.insert('network', {
      name_label,
      name_description: named(this.#request.networkDescription, tag),
      MTU: this.#mtu,
      bridge: this.#freeBridge(),
      managed: true,
      other_config: { [madeWithVlanKey]: 'true' },
    });
  }
}

export const createVlans = (call: Pick<Call, 'services' | 'origin'>, request: NewVlans): Promise<readonly MadeVlan[]> => {
  checked(request);
  return changeNetwork(call, tx => {
    const work = new Work(tx, request);
    return [...new Set(request.tags)].map(tag => work.make(tag));
  });
};

const dropNetwork = (tx: Tx, ref: Ref<'network'>): void => {
  const network = tx.get('network', ref);
  if (network?.other_config[madeWithVlanKey] === 'true' && network.PIFs.length + network.VIFs.length === 0) tx.delete('network', ref);
};

export const destroyVlans = (
  call: Pick<Call, 'services' | 'origin'>,
  request: ManyVlans & { readonly ifPresent: boolean },
): Promise<readonly { readonly tag: number; readonly destroyed: boolean }[]> =>
  changeNetwork(call, tx => {
    const below = pifsOf(tx, request);
    const there = below.map(ref => vlansOn(tx, ref));
    const networks = new Set<Ref<'network'>>();
    const results = [...new Set(request.tags)].map(tag => {
      const vlans = there.flatMap(each => each.get(tag) ?? []);
      if (vlans.length === 0 && !request.ifPresent) {
        const { device } = tx.need('PIF', request.pif);
        throw new XenError('INVALID_VALUE', ['VLAN', `there is no VLAN ${tag} on ${device}`]);
      }
      for (const vlan of vlans) {
        networks.add(tx.need('PIF', tx.need('VLAN', vlan).untagged_PIF).network);
        destroyVlan(tx, vlan);
      }
      return { tag, destroyed: vlans.length > 0 };
    });
    for (const network of networks) dropNetwork(tx, network);
    return results;
  });
