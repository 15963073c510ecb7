// What each step of a migration is told: JSON, for it is kept in the journal.

import type { IdentityTable } from '../identities.ts';
import type { JourneyAddress } from '../journeys.ts';
import type { Send } from '../layers.ts';
import type { RequestOf, TravellingGuest } from '../protocol.ts';

interface VolumeName {
  /** By uuid, at the source. */
  readonly sr: string;
  readonly volume: string;
}

interface Sending {
  readonly address: JourneyAddress;
  readonly guest: string;
  /** Whether the guest ran before: then it runs again when the migration is given up. */
  readonly resume: boolean;
  readonly compression: boolean;
  readonly bandwidthBytesPerSecond?: number;
  readonly downtimeLimitMs?: number;
}

export interface FrozenDisk extends VolumeName {
  readonly diskId: string;
  /** Name of the layer that takes the writes from the freeze on. */
  readonly overlay: string;
}

export interface StepArgs {
  readonly reserve: Omit<RequestOf<'open'>, 'reception' | 'tls'> & {
    readonly address: JourneyAddress;
    /** The top layers that the plan was made from. */
    readonly layers: readonly (VolumeName & { readonly top: string })[];
  };
  readonly freeze: { readonly guest: string; readonly disks: readonly FrozenDisk[] };
  readonly copy: {
    readonly address: JourneyAddress;
    readonly volume: Omit<RequestOf<'volume'>, 'reception'>;
    readonly from: VolumeName;
    readonly sends: readonly Send[];
    readonly bandwidthBytesPerSecond?: number;
  };
  readonly receive: { readonly address: JourneyAddress; readonly guest: TravellingGuest; readonly compression: boolean };
  readonly mirror: Sending;
  readonly memory: Sending;
  readonly handOver: Sending;
  readonly verify: {
    readonly address: JourneyAddress;
    /** `id`: the volume at the destination. `name` is for people. */
    readonly disks: readonly { readonly from: VolumeName; readonly id: string; readonly name: string }[];
  };
  readonly commit: {
    readonly address: JourneyAddress;
    readonly vm: string;
    readonly run: RequestOf<'commit'>['run'];
    readonly srOf: Readonly<Record<string, string>>;
    readonly networkOf: Readonly<Record<string, string>>;
    readonly identities: IdentityTable;
  };
  /** Between hosts of one pool, which share the records. */
  readonly poolCommit: Pick<StepArgs['commit'], 'address' | 'run'>;
  readonly leaveGuest: { readonly guest: string; readonly ports: readonly string[] };
  readonly leaveDisks: { readonly guest: string; readonly disks: readonly VolumeName[]; readonly media: readonly VolumeName[] };
  readonly leaveRecords: { readonly address: JourneyAddress; readonly vms: readonly string[]; readonly vdis: readonly string[] };
  readonly close: { readonly address: JourneyAddress };
}
