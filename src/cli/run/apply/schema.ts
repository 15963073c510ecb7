// What a pool file may hold: the one description from which files are checked, types are made and the reference is written.

import type { Place } from './document.ts';

export type FieldType =
  | { readonly kind: 'text' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** A number, or a range of them: `100-199`. */
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'flag' }
  /** Bytes, or with KiB, MiB, GiB, TiB. */
  | { readonly kind: 'size' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'texts' }
  | { readonly kind: 'map' }
  | { readonly kind: 'items'; readonly of: Schema };

export interface SchemaField {
  readonly type: FieldType;
  readonly required?: true;
  readonly doc: string;
}

export type Schema = Readonly<Record<string, SchemaField>>;

export interface Range {
  readonly first: number;
  readonly last: number;
}

type ValueOf<T extends FieldType> = T extends { kind: 'text' }
  ? string
  : T extends { kind: 'integer' | 'size' }
    ? number
    : T extends { kind: 'range' }
      ? Range
      : T extends { kind: 'flag' }
        ? boolean
        : T extends { kind: 'choice'; of: readonly (infer C)[] }
          ? C
          : T extends { kind: 'texts' }
            ? readonly string[]
            : T extends { kind: 'map' }
              ? Readonly<Record<string, string>>
              : T extends { kind: 'items'; of: infer S extends Schema }
                ? readonly Declared<S>[]
                : never;

/** Where an object of the file stands, and each of its fields. */
export interface Placed {
  readonly at: (field?: string) => Place;
}

/** An object of the file, as its schema says. */
export type Declared<S extends Schema> = Placed & {
  readonly [K in keyof S as S[K] extends { required: true } ? K : never]: ValueOf<S[K]['type']>;
} & { readonly [K in keyof S as S[K] extends { required: true } ? never : K]?: ValueOf<S[K]['type']> };

const text = { kind: 'text' } as const;
const texts = { kind: 'texts' } as const;
const map = { kind: 'map' } as const;
const size = { kind: 'size' } as const;
const flag = { kind: 'flag' } as const;

const networkSchema = {
  name: { type: text, required: true, doc: 'its name, by which everything else refers to it' },
  description: { type: text, doc: 'what it is for' },
  mtu: { type: { kind: 'integer', min: 68, max: 65535 }, doc: 'largest packet, in bytes' },
  locking: { type: { kind: 'choice', of: ['unlocked', 'disabled'] }, doc: 'what guests may send where their own interface does not say' },
  tags: { type: texts, doc: 'exactly these tags' },
  'other-config': { type: map, doc: 'these keys; others stay as they are' },
} as const satisfies Schema;

const bondSchema = {
  network: { type: text, required: true, doc: 'the network that the bond carries; made if there is none of that name' },
  members: { type: texts, required: true, doc: 'devices, such as eth0' },
  mode: {
    type: { kind: 'choice', of: ['balance-slb', 'active-backup', 'lacp'] },
    doc: 'how traffic is spread; balance-slb if it is not said',
  },
  properties: { type: map, doc: 'settings of an lacp bond' },
  hosts: { type: texts, doc: 'names of hosts; all if it is not said' },
} as const satisfies Schema;

const vlanSchema = {
  network: {
    type: text,
    required: true,
    doc: 'the network that the VLAN carries; made if there is none of that name. `{tag}` stands for the tag',
  },
  tag: { type: { kind: 'range', min: 0, max: 4094 }, required: true, doc: 'the tag, or a range of them: 100-199' },
  on: { type: text, required: true, doc: 'a device, such as eth0, or the network of a bond' },
  hosts: { type: texts, doc: 'names of hosts; all if it is not said' },
} as const satisfies Schema;

const srSchema = {
  name: { type: text, required: true, doc: 'its name' },
  type: { type: text, required: true, doc: 'file, nfs, iso …' },
  description: { type: text, doc: 'what it is for' },
  'content-type': { type: text, doc: 'user or iso' },
  shared: { type: flag, doc: 'whether all hosts see the same' },
  host: { type: text, doc: 'the host that it is local to; the master if it is not said' },
  'device-config': { type: map, doc: 'where the data lies; a key that ends in -filename takes the content of that file' },
  default: { type: flag, doc: 'true: new disks go here where no SR is named' },
  tags: { type: texts, doc: 'exactly these tags' },
  'other-config': { type: map, doc: 'these keys; others stay as they are' },
} as const satisfies Schema;

const diskSchema = {
  size: { type: size, required: true, doc: 'disks grow, they never shrink' },
  sr: { type: text, doc: 'the SR for a new disk; the default of the pool if it is not said' },
  name: { type: text, doc: 'its name' },
  description: { type: text, doc: 'what is on it' },
  device: { type: { kind: 'integer', min: 0, max: 255 }, doc: 'its place; that in the list if it is not said' },
} as const satisfies Schema;

const nicSchema = {
  network: { type: text, required: true, doc: 'the network that it is plugged into' },
  device: { type: { kind: 'integer', min: 0, max: 255 }, doc: 'its place; that in the list if it is not said' },
  mac: { type: text, doc: 'its address; made up for a new one if it is not said' },
  locking: { type: { kind: 'choice', of: ['network_default', 'locked', 'unlocked', 'disabled'] }, doc: 'which packets it may send' },
  'ipv4-allowed': { type: texts, doc: 'addresses that a locked interface may use' },
  'ipv6-allowed': { type: texts, doc: 'the same for IPv6' },
} as const satisfies Schema;

const vmSchema = {
  name: { type: text, required: true, doc: 'its name' },
  template: { type: text, required: true, doc: 'name or uuid of the template that a new one is made from' },
  description: { type: text, doc: 'what it is for' },
  memory: { type: size, doc: 'memory; changed only while the VM is halted' },
  vcpus: { type: { kind: 'integer', min: 1, max: 4096 }, doc: 'processors; changed only while the VM is halted' },
  disks: {
    type: { kind: 'items', of: diskSchema },
    doc: 'disks; those that are not named stay. Left out, a new VM gets what its template says',
  },
  nics: { type: { kind: 'items', of: nicSchema }, doc: 'network interfaces; those that are not named stay' },
  'boot-order': { type: text, doc: 'c disk, d CD, n network' },
  platform: { type: map, doc: 'these keys; others stay as they are' },
  tags: { type: texts, doc: 'exactly these tags' },
  'other-config': { type: map, doc: 'these keys; others stay as they are' },
  power: { type: { kind: 'choice', of: ['running', 'halted'] }, doc: 'started or shut down cleanly; left alone if it is not said' },
} as const satisfies Schema;

/** The whole file. */
export const poolSchema = {
  networks: { type: { kind: 'items', of: networkSchema }, doc: 'Networks.' },
  bonds: { type: { kind: 'items', of: bondSchema }, doc: 'Several interfaces as one, on each host.' },
  vlans: { type: { kind: 'items', of: vlanSchema }, doc: 'VLANs, on each host.' },
  srs: { type: { kind: 'items', of: srSchema }, doc: 'Storage repositories.' },
  vms: { type: { kind: 'items', of: vmSchema }, doc: 'Virtual machines.' },
} as const satisfies Schema;

export type PoolFile = Declared<typeof poolSchema>;
export type DeclaredNetwork = Declared<typeof networkSchema>;
export type DeclaredBond = Declared<typeof bondSchema>;
export type DeclaredVlan = Declared<typeof vlanSchema>;
export type DeclaredSr = Declared<typeof srSchema>;
export type DeclaredVm = Declared<typeof vmSchema>;
export type DeclaredDisk = Declared<typeof diskSchema>;
export type DeclaredNic = Declared<typeof nicSchema>;
