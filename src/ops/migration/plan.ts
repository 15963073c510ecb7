// The plan of a migration: from the family and the maps to steps. Pure, but for the fresh names it is given.
//
//   live:    reserve · freeze · copy … · receive · mirror · memory · handOver · (verify) · commit* · leave … · close
//   at rest: reserve · copy … · (verify) · commit* · leave … · close
//   copy:    as at rest, without leaving
//
// `verify` only if it was asked for.
// Up to `commit` a failure takes everything back, on both sides, and the guest runs on here. After it there is only the other VM.

import type { Ref } from '../../lib/brand.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import { toJson } from '../plan-json.ts';
import { type IdentityTable, identitiesOf } from './identities.ts';
import type { JourneyAddress } from './journeys.ts';
import { type LayeredDisk, type LayerMove, planLayers } from './layers.ts';
import type { MigrationOptions } from './options.ts';
import type { TravellingGuest } from './protocol.ts';
import type { StepArgs } from './steps/args.ts';
import { type DiskView, isLive, members, type MigrationView } from './view.ts';

export const MIGRATION_PLAN = 'VM.migrate_send';

export interface PlanInput {
  readonly view: MigrationView;
  readonly address: JourneyAddress;
  /** Network at the destination that the streams use. */
  readonly network: string;
  readonly options: MigrationOptions;
  /** SR uuid and network reference at the destination. */
  readonly srOf: ReadonlyMap<Ref<'VDI'>, string>;
  readonly networkOf: ReadonlyMap<Ref<'VIF'>, string>;
  readonly identities: IdentityTable;
  /** The guest as it runs, if it does. */
  readonly guest: TravellingGuest | undefined;
  /** Makes the name of a layer or a volume that only this plan knows. */
  readonly freshId: () => string;
}

/** Weights are MiB-like: bytes moved, and a little for what only takes a moment. */
const MIB = 1024 * 1024;
const moment = 2;
const weightOfBytes = (bytes: number): number => Math.max(1, Math.round(bytes / MIB));

const step = <K extends keyof StepArgs>(id: string, kind: K, label: string, weight: number, args: StepArgs[K]): PlannedStep => ({
  id,
  kind: `migration.${kind}`,
  label,
  weight,
  args: toJson(args),
});

export function planMigration(input: PlanInput): Plan {
  const { view, options } = input;
  const live = isLive(view);
  const steps = [
    reserve(input),
    ...(live ? [freeze(input)] : []),
    ...copies(input),
    ...(live ? liveMoves(input) : []),
    ...(options.verify ? [verify(input)] : []),
    commit(input),
    ...(options.copy ? [] : leave(input)),
    step('close', 'close', 'cleaning up', moment, { address: input.address }),
  ];
  return { kind: MIGRATION_PLAN, locks: locksOf(view), steps, pivot: 'commit' };
}

/** Between hosts of one pool that see the same disks: no copy, no mirror, and the records stay where they are. */
export function planPoolMigration(input: PlanInput): Plan {
  const { view, address } = input;
  const disks = [...view.disks.values()].map(disk => ({ sr: disk.sr.record.uuid, volume: disk.record.uuid }));
  const guest = view.vm.record.uuid;
  const steps = [
    reserve(input),
    ...liveMoves(input).filter(each => each.id !== 'mirror'),
    step('commit', 'poolCommit', 'switching over', moment, { address, run: runStateOf(view) }),
    step('leave-guest', 'leaveGuest', 'cleaning up', moment, { guest, ports: view.vm.vifs.map(vif => vif.record.uuid) }),
    step('leave-disks', 'leaveDisks', 'cleaning up', moment, { guest, disks: [], media: disks }),
    step('close', 'close', 'cleaning up', moment, { address }),
  ];
  return { kind: 'VM.pool_migrate', locks: locksOf(view), steps, pivot: 'commit' };
}

const runStateOf = ({ vm }: MigrationView): StepArgs['commit']['run'] =>
  vm.record.power_state === 'Running' ? 'running' : vm.record.power_state === 'Paused' ? 'paused' : 'not';

/** The family and its disks: nobody else works on them meanwhile. */
const locksOf = (view: MigrationView): readonly string[] => [...members(view).map(each => each.ref), ...view.disks.keys()];

const reserve = ({ view, address, network }: PlanInput): PlannedStep =>
  step('reserve', 'reserve', 'preparing the destination', moment, {
    address,
    network,
    vm: { uuid: view.vm.record.uuid, name: view.vm.record.name_label },
    source: { uuid: view.host.uuid, name: view.host.name },
    layers: [...view.disks.values()].map(disk => ({ sr: disk.sr.record.uuid, volume: disk.record.uuid, top: disk.layers[0] ?? '' })),
  });

/** Disks that the running guest may write to. */
const written = (view: MigrationView): readonly { readonly diskId: string; readonly disk: DiskView }[] =>
  view.vm.vbds.flatMap(({ record }) => {
    const disk = record.mode === 'RW' ? view.disks.get(record.VDI) : undefined;
    return disk ? [{ diskId: record.uuid, disk }] : [];
  });

const freeze = ({ view, freshId }: PlanInput): PlannedStep =>
  step('freeze', 'freeze', 'fixing the point in time', moment, {
    guest: view.vm.record.uuid,
    disks: written(view).map(({ diskId, disk }) => ({ diskId, sr: disk.sr.record.uuid, volume: disk.record.uuid, overlay: freshId() })),
  });

/** One step per layer and destination SR, oldest layers first. */
function copies(input: PlanInput): readonly PlannedStep[] {
  const { view, srOf } = input;
  const groups = new Map<string, DiskView[]>();
  for (const disk of view.disks.values()) {
    const key = `${disk.sr.record.uuid} ${srOf.get(disk.ref) ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), disk]);
  }
  let serial = 0;
  return [...groups.values()].flatMap(group => {
    const moves = planLayers(group.map(layered));
    const ids = moves.map(move => (move.disk === undefined ? input.freshId() : identitiesOf(input.identities).volumeId(move.disk)));
    return moves.map((move, i) => copy(input, group, move, ids, i, serial++));
  });
}

const layered = (disk: DiskView): LayeredDisk => ({
  id: disk.record.uuid,
  layers: disk.layers,
  sizeBytes: disk.record.virtual_size,
  utilisationBytes: Math.min(disk.record.physical_utilisation, disk.record.virtual_size),
});

function copy(
  input: PlanInput,
  group: readonly DiskView[],
  move: LayerMove,
  ids: readonly string[],
  index: number,
  serial: number,
): PlannedStep {
  const disk = group.find(each => each.record.uuid === move.disk);
  const through = group.find(each => each.record.uuid === move.through);
  const origin = disk && input.view.disks.get(disk.record.snapshot_of);
  const { options } = input;
  return step(`copy-${serial}`, 'copy', 'copying disk data', weightOfBytes(move.weightBytes), {
    address: input.address,
    volume: {
      id: ids[index] ?? '',
      sr: (through && input.srOf.get(through.ref)) ?? '',
      sizeBytes: move.sizeBytes,
      name: disk?.record.name_label ?? '',
      description: disk?.record.name_description ?? '',
      type: disk?.record.type ?? 'user',
      snapshotOf: origin ? identitiesOf(input.identities).volumeId(origin.record.uuid) : null,
      snapshotTime: disk?.record.is_a_snapshot ? disk.record.snapshot_time : null,
      onto: move.onto === undefined ? null : (ids[move.onto] ?? null),
      carrier: disk === undefined,
      fill: move.sends.length > 0,
    },
    from: { sr: through?.sr.record.uuid ?? '', volume: move.through },
    sends: move.sends,
    ...(options.bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond: options.bandwidthBytesPerSecond }),
  });
}

function liveMoves({ view, address, guest, options }: PlanInput): readonly PlannedStep[] {
  if (guest === undefined) throw new Error('a live migration needs the guest');
  const sending: StepArgs['mirror'] = {
    address,
    guest: view.vm.record.uuid,
    resume: view.vm.record.power_state === 'Running',
    compression: options.compress,
    ...(options.bandwidthBytesPerSecond !== undefined && { bandwidthBytesPerSecond: options.bandwidthBytesPerSecond }),
    ...(options.downtimeMs !== undefined && { downtimeLimitMs: options.downtimeMs }),
  };
  const diskBytes = written(view).reduce((sum, { disk }) => sum + disk.record.physical_utilisation, 0);
  return [
    step('receive', 'receive', 'preparing the destination', moment * 4, { address, guest, compression: options.compress }),
    step('mirror', 'mirror', 'mirroring new writes', weightOfBytes(diskBytes / 16), sending),
    step('memory', 'memory', 'moving memory', weightOfBytes(guest.memoryTargetBytes / 2), sending),
    step('handOver', 'handOver', 'switching over', moment, sending),
  ];
}

/** All disks, those of snapshots too. */
function verify({ view, address, identities }: PlanInput): PlannedStep {
  const disks = [...view.disks.values()];
  const weight = disks.reduce((sum, { record }) => sum + weightOfBytes(record.physical_utilisation / 4), 0);
  return step('verify', 'verify', 'comparing disks', moment + weight, {
    address,
    disks: disks.map(({ sr, record }) => ({
      from: { sr: sr.record.uuid, volume: record.uuid },
      id: identitiesOf(identities).volumeId(record.uuid),
      name: record.name_label,
    })),
  });
}

const commit = ({ view, address, srOf, networkOf, identities }: PlanInput): PlannedStep =>
  step('commit', 'commit', 'switching over', moment, {
    address,
    vm: view.vm.ref,
    run: runStateOf(view),
    srOf: Object.fromEntries(srOf),
    networkOf: Object.fromEntries(networkOf),
    identities,
  });

/** After the commit the VM here is only what is left of it. */
function leave({ view, address }: PlanInput): readonly PlannedStep[] {
  const guest = view.vm.record.uuid;
  const disks = [...view.disks.values()].map(disk => ({ sr: disk.sr.record.uuid, volume: disk.record.uuid }));
  const media = view.vm.vbds.flatMap(({ record }) => {
    const medium = view.media.get(record.VDI);
    return medium ? [{ sr: medium.sr.record.uuid, volume: medium.disk.record.uuid }] : [];
  });
  const label = 'cleaning up';
  return [
    ...(isLive(view) ? [step('leave-guest', 'leaveGuest', label, moment, { guest, ports: view.vm.vifs.map(vif => vif.record.uuid) })] : []),
    step('leave-disks', 'leaveDisks', label, moment, { guest, disks, media }),
    step('leave-records', 'leaveRecords', label, moment, {
      address,
      vms: members(view).map(each => each.ref),
      vdis: [...view.disks.keys()],
    }),
  ];
}
