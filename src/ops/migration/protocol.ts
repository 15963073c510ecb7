// What two xcp hosts say to each other while a VM moves: the source asks, the destination answers. Private messages of the API, so they
// share its transport, its TLS and its sessions. Each takes one JSON object and gives one.
//
//   facts      what the pre-flight needs to know
//   open       the destination promises to keep what follows together: a reception; certificates are exchanged
//   volume     makes a volume (on another one's data), opens it for the copy
//   seal       the copy is in: the volume takes no more of it
//   show       opens a volume's whole content for reading, beside the guest that waits for it; `seal` closes it again
//   receive    makes NICs and a paused guest that waits for its memory; its disks take the mirrors
//   commit     waits until all has arrived, then makes the VM this host's in one transaction and runs it: no way back after it
//   abort      answers what became of it: `aborted` (and then nothing is left), or `committed`
//   keepalive  the source lives; without any word from it for a minute an uncommitted reception aborts itself
//   close      the source has cleaned up: the reception may be forgotten

import type { GuestSpec } from '../../drivers/hypervisor.ts';
import type { CopyTarget } from '../../drivers/storage.ts';
import {
  dictionary,
  featuresetShape,
  integer,
  json,
  jsonObject,
  list,
  nullable,
  object,
  oneOf,
  type Shape,
  type Shaped,
  text,
  truth,
} from './shape.ts';

export const PROTOCOL_VERSION = 1;

/** Without a word from the source for this long, an uncommitted reception aborts itself. */
export const UNATTENDED_MS = 60_000;

const tlsOffer = object({ caPem: text, name: text });

export const openShape = object({
  reception: text,
  vm: object({ uuid: text, name: text }),
  source: object({ uuid: text, name: text }),
  /** The network whose address the streams use. */
  network: text,
  tls: tlsOffer,
});
export const openedShape = object({ tls: tlsOffer });

export const volumeShape = object({
  reception: text,
  id: text,
  /** By uuid. */
  sr: text,
  sizeBytes: integer,
  name: text,
  description: text,
  type: text,
  snapshotOf: nullable(text),
  snapshotTime: nullable(text),
  /** A volume of this reception whose data lies below. */
  onto: nullable(text),
  /** Only carries data for others; deleted when they are all there. */
  carrier: truth,
  /** Open it for a copy. */
  fill: truth,
});

export const copyTargetShape: Shape<CopyTarget> = (value, at) => {
  const kind = object({ kind: oneOf('nbd', 'nbd-unix') })(value, at).kind;
  if (kind === 'nbd-unix') return { kind, ...object({ path: text, exportName: text })(value, at) };
  return { kind, ...object({ host: text, port: integer, exportName: text, tls: truth })(value, at) };
};
export const volumeMadeShape = object({ target: nullable(copyTargetShape) });

/** A volume of this reception. */
export const showShape = object({ reception: text, id: text });
export const shownShape = object({ target: copyTargetShape });

export const sealShape = object({ reception: text, id: text });

const bootShape: Shape<GuestSpec['boot']> = (value, at) => {
  const kind = object({ kind: oneOf('kernel', 'firmware') })(value, at).kind;
  if (kind === 'firmware') return { kind, ...object({ firmware: oneOf('bios', 'uefi'), order: text })(value, at) };
  const { kernelPath, ramdiskPath, args } = object({ kernelPath: text, ramdiskPath: nullable(text), args: text })(value, at);
  return { kind, kernelPath, args, ...(ramdiskPath !== null && { ramdiskPath }) };
};

/** A guest as it runs at the source, less what only means something there: where its disks lie and what its NICs are plugged into. */
export const guestShape = object({
  id: text,
  name: text,
  vcpusAtStartup: integer,
  vcpusMax: integer,
  memoryStaticMaxBytes: integer,
  memoryTargetBytes: integer,
  boot: bootShape,
  domainType: nullable(oneOf('hvm', 'pv', 'pvh', 'pv_in_pvh')),
  /** Boots what every xcp host makes for itself: the destination takes its own. */
  bootsBuiltIn: truth,
  platform: dictionary(text),
  cpuModel: nullable(text),
  /** What it was booted with; it goes on with that, and reboots with no more. Not told by older hosts. */
  cpuFeatures: nullable(featuresetShape),
  disks: list(
    object({
      id: text,
      userdevice: text,
      kind: oneOf('disk', 'cd'),
      readOnly: truth,
      bootable: truth,
      /** A volume of this reception. */
      volume: nullable(text),
      /** What the destination knows already, by uuid: a medium, or a disk of a shared SR. */
      medium: nullable(text),
    }),
  ),
  nics: list(
    object({
      id: text,
      device: text,
      mac: text,
      mtu: integer,
      network: text,
      lockingMode: oneOf('unlocked', 'locked', 'disabled'),
      ipv4Allowed: list(text),
      ipv6Allowed: list(text),
      rateKbps: nullable(integer),
    }),
  ),
});
export type TravellingGuest = Shaped<typeof guestShape>;

export const receiveShape = object({ reception: text, guest: guestShape, compression: truth });
export const receivedShape = object({ ticket: jsonObject });

const deviceShape = object({ uuid: text, fields: jsonObject });
export const bundleShape = object({
  vdis: list(object({ key: text, volume: text, sr: text, fields: jsonObject, snapshotOf: nullable(text) })),
  vms: list(
    object({
      key: text,
      uuid: text,
      fields: jsonObject,
      snapshotOf: nullable(text),
      parent: nullable(text),
      suspendVdi: nullable(text),
      vbds: list(object({ uuid: text, fields: jsonObject, vdi: nullable(text), medium: nullable(text) })),
      vifs: list(object({ uuid: text, fields: jsonObject, network: text })),
      metrics: nullable(jsonObject),
      guestMetrics: nullable(deviceShape),
    }),
  ),
});
/** The family as records, the VM first, in a form that holds no reference of the source's. */
export type Bundle = Shaped<typeof bundleShape>;

/** `bundle` is null between hosts of one pool: the records are there already. */
export const commitShape = object({ reception: text, bundle: nullable(bundleShape), run: oneOf('running', 'paused', 'not') });
export const committedShape = object({ vm: text });

export const abortShape = object({ reception: text });
export const outcomeShape = object({ outcome: oneOf('aborted', 'committed'), vm: nullable(text) });

export const receptionShape = object({ reception: text });
export const nothingShape = json;

/** Every private message: what it takes and what it gives. */
export const peerCalls = {
  open: { request: openShape, reply: openedShape },
  volume: { request: volumeShape, reply: volumeMadeShape },
  seal: { request: sealShape, reply: nothingShape },
  show: { request: showShape, reply: shownShape },
  receive: { request: receiveShape, reply: receivedShape },
  commit: { request: commitShape, reply: committedShape },
  abort: { request: abortShape, reply: outcomeShape },
  keepalive: { request: receptionShape, reply: nothingShape },
  close: { request: receptionShape, reply: nothingShape },
} as const;
export type PeerCallName = keyof typeof peerCalls;
export type RequestOf<N extends PeerCallName> = Shaped<(typeof peerCalls)[N]['request']>;
export type ReplyOf<N extends PeerCallName> = Shaped<(typeof peerCalls)[N]['reply']>;

export const peerMethod = (name: PeerCallName | 'facts'): string => `xcp.migration_${name}`;
