// Many VLANs with their networks. The servers of this project make and remove them all at once, or none; of others they are asked for one after
// the other, and what was made is taken back when one fails.

import type { Ref } from '../../../lib/brand.ts';
import { isNullRef } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import { isXenError, XenError } from '../../../model/error.ts';

export interface ManyVlans {
  readonly pif: Ref<'PIF'>;
  readonly allHosts: boolean;
  readonly tags: readonly number[];
}

export interface NewVlans extends ManyVlans {
  readonly networkName: string;
  readonly ifMissing: boolean;
}

/** What the servers of this project know, beside the XenAPI. */
const [CREATE_MANY, DESTROY_MANY] = ['xcp.vlan_create_many', 'xcp.vlan_destroy_many'] as const;

type Undo = () => Promise<unknown>;

const rowsOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(row => Object(row)) : [];

/** Uuids of the VLANs' PIFs, by tag in the order given. `warn` is told what could not be taken back. */
export const createMany = async (session: Session, request: NewVlans, warn: (text: string) => void): Promise<readonly string[]> => {
  const { pif, allHosts: all_hosts, tags, networkName: network_name, ifMissing: if_missing } = request;
  try {
    const rows = rowsOf(await session.raw(CREATE_MANY, [{ pif, all_hosts, tags, network_name, if_missing }]));
    return rows.flatMap(({ pifs }) => (Array.isArray(pifs) ? pifs.map(String) : []));
  } catch (error) {
    if (!isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) throw error;
  }
  return await createOneByOne(session, request, warn);
};

/** Existing VLANs of an interface, by tag. */
const vlansOn = async (session: Session, { pif, allHosts }: ManyVlans): Promise<ReadonlyMap<number, readonly Ref<'VLAN'>[]>> => {
  const device = await session.call('PIF.get_device', { self: pif });
  const pifs = new Map(Object.entries(await session.call('PIF.get_all_records', {})));
  const found = new Map<number, Ref<'VLAN'>[]>();
  for (const [ref, vlan] of Object.entries(await session.call('VLAN.get_all_records', {}))) {
    const below = vlan.tagged_PIF;
    if (below !== pif && !(allHosts && pifs.get(below)?.device === device)) continue;
    found.set(vlan.tag, [...(found.get(vlan.tag) ?? []), ref as Ref<'VLAN'>]);
  }
  return found;
};

const networkFor = async (session: Session, name: string, ifMissing: boolean, undo: Undo[]): Promise<Ref<'network'>> => {
  const [same, ...more] = await session.call('network.get_by_name_label', { label: name });
  if (same !== undefined && (!ifMissing || more.length > 0))
    throw new XenError('INVALID_VALUE', ['network_name', `${name}: there is a network of this name`]);
  if (same !== undefined) return same;
  const fields = { name_label: name, name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: [] };
  const made = await session.call('network.create', { args: fields });
  undo.push(() => session.call('network.destroy', { self: made }));
  return made;
};

const vlanFor = async (
  session: Session,
  request: NewVlans,
  tag: number,
  network: Ref<'network'>,
  undo: Undo[],
): Promise<readonly Ref<'PIF'>[]> => {
  if (request.allHosts) {
    const pifs = await session.call('pool.create_VLAN_from_PIF', { pif: request.pif, network, VLAN: tag });
    undo.push(...pifs.map(self => () => session.call('PIF.destroy', { self })));
    return pifs;
  }
  const vlan = await session.call('VLAN.create', { tagged_PIF: request.pif, tag, network });
  undo.push(() => session.call('VLAN.destroy', { self: vlan }));
  return [await session.call('VLAN.get_untagged_PIF', { self: vlan })];
};

const createOneByOne = async (session: Session, request: NewVlans, warn: (text: string) => void): Promise<readonly string[]> => {
  const undo: Undo[] = [];
  const pifs: Ref<'PIF'>[] = [];
  try {
    const there = request.ifMissing ? await vlansOn(session, request) : new Map<number, readonly Ref<'VLAN'>[]>();
    for (const tag of request.tags) {
      const known = there.get(tag);
      if (known) {
        for (const self of known) pifs.push(await session.call('VLAN.get_untagged_PIF', { self }));
        continue;
      }
      const network = await networkFor(session, request.networkName.replaceAll('%d', String(tag)), request.ifMissing, undo);
      pifs.push(...(await vlanFor(session, request, tag, network, undo)));
    }
  } catch (error) {
    for (const step of undo.toReversed())
      await step().catch((failure: unknown) => warn(`What was made could not be taken back: ${String(failure)}`));
    throw error;
  }
  return await Promise.all(pifs.map(self => session.call('PIF.get_uuid', { self })));
};

export const destroyMany = async (session: Session, request: ManyVlans & { readonly ifPresent: boolean }): Promise<void> => {
  const { pif, allHosts: all_hosts, tags, ifPresent: if_present } = request;
  try {
    await session.raw(DESTROY_MANY, [{ pif, all_hosts, tags, if_present }]);
    return;
  } catch (error) {
    if (!isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) throw error;
  }
  const there = await vlansOn(session, request);
  const missing = tags.find(tag => !there.has(tag));
  if (missing !== undefined && !if_present)
    throw new XenError('INVALID_VALUE', ['VLAN', `there is no VLAN ${missing} on ${await session.call('PIF.get_device', { self: pif })}`]);
  // What can be refused is refused before the first goes: guests that are on it.
  for (const tag of tags) for (const self of there.get(tag) ?? []) await assertFree(session, self);
  for (const tag of tags) for (const self of there.get(tag) ?? []) await session.call('VLAN.destroy', { self });
};

const assertFree = async (session: Session, self: Ref<'VLAN'>): Promise<void> => {
  const pif = await session.call('VLAN.get_untagged_PIF', { self });
  const network = await session.call('PIF.get_network', { self: pif });
  if (isNullRef(network)) return;
  for (const vif of await session.call('network.get_VIFs', { self: network }))
    if (await session.call('VIF.get_currently_attached', { self: vif })) throw new XenError('VIF_IN_USE', [network, vif]);
};
