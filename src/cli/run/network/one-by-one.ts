// VLANs with their networks by the calls that every server has, one after the other. What was made is taken back when one of them fails; what
// can be refused of a removal is refused before the first goes.

import type { Ref } from '../../../lib/brand.ts';
import { isNullRef } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import { XenError } from '../../../model/error.ts';
import { madeWithVlanKey } from '../../../model/own-keys.ts';

export interface ManyVlans {
  readonly pif: Ref<'PIF'>;
  readonly allHosts: boolean;
  readonly tags: readonly number[];
}

export interface NewVlans extends ManyVlans {
  readonly networkName: string;
  readonly ifMissing: boolean;
}

type Undo = () => Promise<unknown>;

/** What the VLANs are on: the PIF, or on all hosts those on its network. */
const pifsBelow = async (session: Session, { pif, allHosts }: ManyVlans): Promise<readonly Ref<'PIF'>[]> => {
  if (!allHosts) return [pif];
  const others = await session.call('network.get_PIFs', { self: await session.call('PIF.get_network', { self: pif }) });
  return [pif, ...others.filter(other => other !== pif)];
};

/** VLANs that are there, by tag, each with the PIF that it is on. */
const vlansOn = async (
  session: Session,
  below: readonly Ref<'PIF'>[],
): Promise<ReadonlyMap<number, ReadonlyMap<Ref<'PIF'>, Ref<'VLAN'>>>> => {
  const found = new Map<number, Map<Ref<'PIF'>, Ref<'VLAN'>>>();
  for (const [ref, { tag, tagged_PIF: pif }] of Object.entries(await session.call('VLAN.get_all_records', {}))) {
    if (!below.includes(pif)) continue;
    const ofTag = found.get(Number(tag)) ?? new Map<Ref<'PIF'>, Ref<'VLAN'>>();
    found.set(Number(tag), ofTag.set(pif, ref as Ref<'VLAN'>));
  }
  return found;
};

const networkOf = async (session: Session, self: Ref<'VLAN'>): Promise<Ref<'network'>> =>
  await session.call('PIF.get_network', { self: await session.call('VLAN.get_untagged_PIF', { self }) });

/** The order in which the VLANs of one tag are made, and how each is taken back. */
class Creation {
  readonly #session: Session;
  readonly #request: NewVlans;
  readonly #below: readonly Ref<'PIF'>[];
  readonly #undo: Undo[] = [];

  constructor(session: Session, request: NewVlans, below: readonly Ref<'PIF'>[]) {
    this.#session = session;
    this.#request = request;
    this.#below = below;
  }

  /** The PIFs of the VLANs of a tag, in the order of those below. */
  async make(tag: number, known: ReadonlyMap<Ref<'PIF'>, Ref<'VLAN'>>): Promise<readonly Ref<'PIF'>[]> {
    const [first] = known.values();
    const isWhole = this.#below.every(pif => known.has(pif));
    if (isWhole) return await this.#pifsOf([...known.values()]);
    const network = first === undefined ? await this.#network(tag) : await networkOf(this.#session, first);
    if (first === undefined && this.#request.allHosts) return await this.#onAllHosts(tag, network);
    const vlans: Ref<'VLAN'>[] = [];
    for (const pif of this.#below) vlans.push(known.get(pif) ?? (await this.#vlan(pif, tag, network)));
    return await this.#pifsOf(vlans);
  }

  async takeBack(warn: (text: string) => void): Promise<void> {
    for (const step of this.#undo.toReversed())
      await step().catch((failure: unknown) => warn(`What was made could not be taken back: ${String(failure)}`));
  }

  #pifsOf(vlans: readonly Ref<'VLAN'>[]): Promise<readonly Ref<'PIF'>[]> {
    return Promise.all(vlans.map(self => this.#session.call('VLAN.get_untagged_PIF', { self })));
  }

  async #network(tag: number): Promise<Ref<'network'>> {
    const { pif, networkName, ifMissing } = this.#request;
    const name = networkName.replaceAll('%d', String(tag));
    const [same, ...more] = await this.#session.call('network.get_by_name_label', { label: name });
    if (same !== undefined && ifMissing && more.length === 0) return same;
    if (same !== undefined)
      throw new XenError('INVALID_VALUE', [
        'network_name',
        `${name}: ${more.length > 0 ? 'there are several networks' : 'there is a network'} of this name`,
      ]);
    const below = await this.#session.call('PIF.get_network', { self: pif });
    const made = await this.#session.call('network.create', {
      args: {
        name_label: name,
        name_description: '',
        MTU: await this.#session.call('network.get_MTU', { self: below }),
        other_config: { [madeWithVlanKey]: 'true' },
        bridge: '',
        managed: true,
        tags: [],
      },
    });
    this.#undo.push(() => this.#session.call('network.destroy', { self: made }));
    return made;
  }

  async #vlan(pif: Ref<'PIF'>, tag: number, network: Ref<'network'>): Promise<Ref<'VLAN'>> {
    const self = await this.#session.call('VLAN.create', { tagged_PIF: pif, tag, network });
    this.#undo.push(() => this.#session.call('VLAN.destroy', { self }));
    return self;
  }

  async #onAllHosts(tag: number, network: Ref<'network'>): Promise<readonly Ref<'PIF'>[]> {
    const pifs = await this.#session.call('pool.create_VLAN_from_PIF', { pif: this.#request.pif, network, VLAN: tag });
    for (const self of pifs) this.#undo.push(() => this.#session.call('PIF.destroy', { self }));
    return pifs;
  }
}

export const createOneByOne = async (session: Session, request: NewVlans, warn: (text: string) => void): Promise<readonly string[]> => {
  const below = await pifsBelow(session, request);
  const there = request.ifMissing ? await vlansOn(session, below) : new Map<number, never>();
  const creation = new Creation(session, request, below);
  const pifs: Ref<'PIF'>[] = [];
  try {
    for (const tag of request.tags) pifs.push(...(await creation.make(tag, there.get(tag) ?? new Map())));
  } catch (error) {
    await creation.takeBack(warn);
    throw error;
  }
  return await Promise.all(pifs.map(self => session.call('PIF.get_uuid', { self })));
};

const assertFree = async (session: Session, network: Ref<'network'>): Promise<void> => {
  if (isNullRef(network)) return;
  for (const vif of await session.call('network.get_VIFs', { self: network }))
    if (await session.call('VIF.get_currently_attached', { self: vif })) throw new XenError('VIF_IN_USE', [network, vif]);
};

/** One that was made with its VLAN, and that nothing is on any more. */
const dropNetwork = async (session: Session, self: Ref<'network'>): Promise<void> => {
  if (isNullRef(self)) return;
  const { other_config: config, PIFs: pifs, VIFs: vifs } = await session.call('network.get_record', { self });
  if (config[madeWithVlanKey] === 'true' && pifs.length + vifs.length === 0) await session.call('network.destroy', { self });
};

export const destroyOneByOne = async (
  session: Session,
  request: ManyVlans & { readonly ifPresent: boolean },
  warn: (text: string) => void,
): Promise<void> => {
  const { pif, tags, ifPresent } = request;
  const there = await vlansOn(session, await pifsBelow(session, request));
  const missing = tags.find(tag => !there.has(tag));
  if (missing !== undefined && !ifPresent)
    throw new XenError('INVALID_VALUE', ['VLAN', `there is no VLAN ${missing} on ${await session.call('PIF.get_device', { self: pif })}`]);
  const vlans = tags.flatMap(tag => [...(there.get(tag)?.values() ?? [])]);
  const networks = new Set(await Promise.all(vlans.map(self => networkOf(session, self))));
  for (const network of networks) await assertFree(session, network);
  let gone = 0;
  try {
    for (const self of vlans) {
      await session.call('VLAN.destroy', { self });
      gone += 1;
    }
    for (const network of networks) await dropNetwork(session, network);
  } catch (error) {
    if (gone < vlans.length) warn(`${gone} of the ${vlans.length} VLANs are removed, the others are there still.`);
    throw error;
  }
};
