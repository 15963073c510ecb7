// Which disk goes to which SR and which interface to which network, for a migration with storage.

import type { Session } from '../../../client/session.ts';
import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { Args } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import { fetchRecords } from '../../records/fetch.ts';
import type { ApiRecord } from '../../records/objects.ts';

type Named = readonly (readonly [ref: string, record: ApiRecord])[];

const matching = (objects: Named, text: string, what: string, fields: readonly string[] = ['uuid', 'name_label']): string => {
  const found = objects.filter(([, record]) => fields.some(field => String(record[field]).toLowerCase() === text.toLowerCase()));
  const [first, second] = found;
  if (first === undefined) throw new CommandError(`${what} ${text} not found`);
  if (second !== undefined && first[1]['uuid'] !== text) throw new CommandError(`${what} ${text} is the name of several: give the uuid`);
  return first[0];
};

/** All disks of the VM that hold data: the named ones go where `vdi:` says, the others to the destination's best SR. */
export const diskMap = async (
  args: Args,
  session: Session,
  remote: Session,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
): Promise<Readonly<Record<Ref<'VDI'>, Ref<'SR'>>>> => {
  const disks = await disksOf(session, vm);
  const srs = await fetchRecords(remote, 'SR');
  const chosen = new Map(Object.entries(args.map('vdi')).map(([disk, sr]) => [matching(disks, disk, 'Disk'), matching(srs, sr, 'SR')]));
  const others = disks.filter(([ref]) => !chosen.has(ref));
  const fallback = others.length === 0 ? undefined : await bestSr(remote, srs, host);
  if (others.length > 0 && fallback === undefined)
    throw new CommandError('The destination has no SR for disks: say where each goes by vdi:<uuid or name>=<SR>');
  return Object.fromEntries(disks.map(([ref]) => [ref, chosen.get(ref) ?? fallback ?? ''])) as Readonly<Record<Ref<'VDI'>, Ref<'SR'>>>;
};

/** Disks whose form on the other side `image-format:` says. */
export const formatMap = async (args: Args, session: Session, vm: Ref<'VM'>): Promise<Readonly<Record<Ref<'VDI'>, string>>> => {
  const wanted = Object.entries(args.map('image-format'));
  if (wanted.length === 0) return {};
  const disks = await disksOf(session, vm);
  return Object.fromEntries(wanted.map(([disk, form]) => [matching(disks, disk, 'Disk'), form])) as Readonly<Record<Ref<'VDI'>, string>>;
};

/** Disks of the VM and of its snapshots, with names. CDs stay behind. */
const disksOf = async (session: Session, vm: Ref<'VM'>): Promise<Named> => {
  const record = await session.call('VM.get_record', { self: vm });
  const vbds = await Promise.all(record.VBDs.map(vbd => session.call('VBD.get_record', { self: vbd })));
  const refs = vbds.filter(vbd => vbd.type !== 'CD' && !isNullRef(vbd.VDI)).map(vbd => vbd.VDI);
  const all = [...refs, ...(isNullRef(record.suspend_VDI) ? [] : [record.suspend_VDI])];
  return await Promise.all(
    all.map(async (ref): Promise<readonly [string, ApiRecord]> => [ref, await session.call('VDI.get_record', { self: ref })]),
  );
};

/** Attached to the host, not for CDs; shared before local, then the one with the most free space. */
const bestSr = async (remote: Session, srs: Named, host: Ref<'host'>): Promise<string | undefined> => {
  const pbds = Object.values(await remote.call('PBD.get_all_records', {}));
  const attached = new Set<string>(pbds.filter(pbd => pbd.host === host && pbd.currently_attached).map(pbd => pbd.SR));
  const free = (record: ApiRecord): number => Number(record['physical_size']) - Number(record['physical_utilisation']);
  const shared = (record: ApiRecord): number => (record['shared'] === true ? 1 : 0);
  const usable = srs.filter(([ref, record]) => attached.has(ref) && record['content_type'] !== 'iso' && record['type'] !== 'udev');
  return usable.toSorted(([, a], [, b]) => shared(b) - shared(a) || free(b) - free(a))[0]?.[0];
};

/** Interfaces that `vif:` names, by uuid, device or MAC. The destination puts the others on its default network. */
export const networkMap = async (
  args: Args,
  session: Session,
  remote: Session,
  vm: Ref<'VM'>,
): Promise<Readonly<Record<Ref<'VIF'>, Ref<'network'>>>> => {
  const wanted = Object.entries(args.map('vif'));
  const refs = await session.call('VM.get_VIFs', { self: vm });
  if (refs.length === 0 && wanted.length === 0) return {};
  const vifs = await Promise.all(
    refs.map(async (ref): Promise<readonly [string, ApiRecord]> => [ref, await session.call('VIF.get_record', { self: ref })]),
  );
  const networks = await fetchRecords(remote, 'network');
  const chosen = new Map(
    wanted.map(([vif, network]) => [matching(vifs, vif, 'VIF', ['uuid', 'device', 'MAC']), matching(networks, network, 'Network')]),
  );
  const fallback = vifs.every(([ref]) => chosen.has(ref)) ? undefined : await managementNetwork(remote);
  const pairs = vifs.map(([ref]): readonly [string, string | undefined] => [ref, chosen.get(ref) ?? fallback]);
  return Object.fromEntries(pairs.filter(([, network]) => network !== undefined)) as Readonly<Record<Ref<'VIF'>, Ref<'network'>>>;
};

const managementNetwork = async (remote: Session): Promise<string | undefined> => {
  const pifs = Object.values(await remote.call('PIF.get_all_records', {}));
  return pifs.find(pif => pif.management)?.network;
};

/** `VDI <uuid> -> SR <uuid>`, one line a disk. */
export const srMapLines = async (
  session: Session,
  remote: Session,
  map: Readonly<Record<Ref<'VDI'>, Ref<'SR'>>>,
): Promise<readonly string[]> =>
  await Promise.all(
    Object.entries(map).map(
      async ([vdi, sr]) => `VDI ${String(await session.raw('VDI.get_uuid', [vdi]))} -> SR ${String(await remote.raw('SR.get_uuid', [sr]))}`,
    ),
  );
