// Where each disk and each NIC of the family goes. What the caller mapped is taken; the rest is inferred from it where there is
// only one sensible answer, and left out otherwise: the checks name what is missing.

import { isNullRef, type Ref } from '../../lib/brand.ts';
import type { MigrationFacts, NamedFact, SrFacts } from './facts.ts';
import type { MigrationArgs } from './options.ts';
import { type DiskView, isLive, members, type MigrationView } from './view.ts';

/** The destination of one object: the reference asked for, and what the destination says of it (undefined: no such thing there). */
export interface Target<F> {
  readonly ref: string;
  readonly found: F | undefined;
}
export type DiskMap = ReadonlyMap<Ref<'VDI'>, Target<SrFacts>>;
export type NicMap = ReadonlyMap<Ref<'VIF'>, Target<NamedFact>>;

/**
 * Disks: the map; a snapshot's disk follows the disk it was taken from; disks that share data stay together; memory images go
 * where the other disks of their VM go, else to the destination's SR for them.
 */
export function mapDisks(view: MigrationView, facts: MigrationFacts, args: MigrationArgs): DiskMap {
  const bySr = new Map(facts.srs.map(sr => [sr.ref, sr]));
  const chosen = new Map<Ref<'VDI'>, string>();
  const choose = (disk: DiskView, sr: string | undefined): void => {
    if (sr !== undefined && !chosen.has(disk.ref)) chosen.set(disk.ref, sr);
  };
  const disks = [...view.disks.values()];
  for (const disk of disks) choose(disk, args.vdiMap[disk.ref]);
  for (const disk of disks) if (!isNullRef(disk.record.snapshot_of)) choose(disk, chosen.get(disk.record.snapshot_of));
  for (const disk of disks) if (!disk.isMemoryImage) choose(disk, relativeOf(disk, disks, chosen));
  for (const disk of disks) if (disk.isMemoryImage) choose(disk, memoryImageSr(view, facts, disk, chosen));
  return new Map([...chosen].map(([ref, sr]) => [ref, { ref: sr, found: bySr.get(sr) }]));
}

function relativeOf(disk: DiskView, disks: readonly DiskView[], chosen: ReadonlyMap<string, string>): string | undefined {
  const shares = (other: DiskView): boolean => other.sr.ref === disk.sr.ref && other.layers.some(layer => disk.layers.includes(layer));
  const relative = disks.find(other => other.ref !== disk.ref && chosen.has(other.ref) && shares(other));
  return relative && chosen.get(relative.ref);
}

function memoryImageSr(
  view: MigrationView,
  facts: MigrationFacts,
  image: DiskView,
  chosen: ReadonlyMap<string, string>,
): string | undefined {
  const owner = members(view).find(each => each.record.suspend_VDI === image.ref);
  const neighbour = owner?.vbds.map(vbd => chosen.get(vbd.record.VDI)).find(sr => sr !== undefined);
  const fallback = facts.srs.find(sr => sr.uuid === (facts.suspendSr ?? facts.defaultSr));
  return neighbour ?? fallback?.ref;
}

/** NICs: the map; a snapshot's NIC goes where the VM's NIC of its MAC goes, else where the VM's NIC of its network goes. */
export function mapNics(view: MigrationView, facts: MigrationFacts, args: MigrationArgs): NicMap {
  const byNetwork = new Map(facts.networks.map(network => [network.ref, network]));
  const byMac = new Map<string, string>();
  const bySource = new Map<string, string>();
  const chosen = new Map<Ref<'VIF'>, string>();
  for (const { ref, record } of view.vm.vifs) {
    const network = args.vifMap[ref];
    if (network === undefined) continue;
    chosen.set(ref, network);
    byMac.set(record.MAC.toLowerCase(), network);
    if (!bySource.has(record.network)) bySource.set(record.network, network);
  }
  for (const { ref, record } of view.snapshots.flatMap(snapshot => snapshot.vifs)) {
    const network = args.vifMap[ref] ?? byMac.get(record.MAC.toLowerCase()) ?? bySource.get(record.network);
    if (network !== undefined) chosen.set(ref, network);
  }
  return new Map([...chosen].map(([ref, network]) => [ref, { ref: network, found: byNetwork.get(network) }]));
}

/**
 * Bytes each SR of the destination must have room for: a layer that several disks share is counted once. Of a disk that a running
 * guest writes to, the whole size is counted, since it may fill up while it moves.
 */
export function bytesNeeded(view: MigrationView, map: DiskMap): ReadonlyMap<string, number> {
  const needed = new Map<string, number>();
  const counted = new Set<string>();
  const written = new Set<string>(isLive(view) ? view.vm.vbds.filter(vbd => vbd.record.mode === 'RW').map(vbd => vbd.record.VDI) : []);
  for (const disk of view.disks.values()) {
    const sr = map.get(disk.ref)?.ref;
    const key = `${sr} ${disk.sr.ref} ${disk.layers[0] ?? disk.ref}`;
    if (sr === undefined || counted.has(key)) continue;
    counted.add(key);
    const bytes = written.has(disk.ref) ? disk.record.virtual_size : Math.min(disk.record.physical_utilisation, disk.record.virtual_size);
    needed.set(sr, (needed.get(sr) ?? 0) + bytes);
  }
  return needed;
}
