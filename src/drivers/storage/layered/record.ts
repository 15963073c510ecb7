// What an SR directory says about itself and each volume: two small JSON documents and the names of the files.
//
//   sr.json               the repository
//   <vdi uuid>.vol.json   a volume: its top layer and fields; renaming it to `.gone.json` is the one instant of its destruction
//   <uuid>.qcow2          a layer; below it the one its header names. `.raw`: an introduced image, never made here
//   <layer>.merge.json    a layer whose content goes, or has gone, into the one below

import type { Json } from '../../../lib/json.ts';
import { DriverError } from '../../hypervisor.ts';
import type { ImageFormat } from './images.ts';

export interface Attachment {
  readonly owner: string;
  readonly readOnly: boolean;
}

export interface VolumeRecord {
  readonly version: 1;
  readonly id: string;
  /** File name of the topmost layer. */
  readonly top: string;
  readonly sizeBytes: number;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  /** A snapshot: its top is a frozen layer, which others may share. All other volumes have their top for themselves. */
  readonly isSnapshot: boolean;
  readonly snapshotOf?: string;
  readonly snapshotTime?: string;
  /** Snapshots made by a freeze of a running guest's disk: the overlay it went to, so that the freeze can be undone whole. */
  readonly frozenBy?: string;
  /** A freeze that is under way: the overlay which shall become, or already is, what the guest writes to. */
  readonly freeze?: string;
  readonly attached: readonly Attachment[];
}

export interface SrRecord {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const uuidPattern = new RegExp(`^${uuid}$`);
const layerPattern = new RegExp(`^${uuid}\\.(qcow2|raw)$`);

export const isUuid = (text: string): boolean => uuidPattern.test(text);
export const isLayerName = (name: string): boolean => layerPattern.test(name);
export const formatOf = (layer: string): ImageFormat => (layer.endsWith('.raw') ? 'raw' : 'qcow2');

export const suffixes = { volume: '.vol.json', gone: '.gone.json', merge: '.merge.json', aside: '.new' } as const;

/** Ids become file names, so nothing but a uuid is one. */
export const checkedId = (id: string): string => {
  if (!isUuid(id)) throw new DriverError('bad-config', `"${id}" is not the uuid of a volume`);
  return id;
};

type Fields = { readonly [key: string]: Json };

const asFields = (text: string, what: string): Fields => {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DriverError('failed', `${what} is not a record`);
  return value as Fields;
};

const textField = (fields: Fields, key: string, what: string): string => {
  const value = fields[key];
  if (typeof value !== 'string') throw new DriverError('failed', `${what}: "${key}" is missing`);
  return value;
};

const optional = <K extends string>(fields: Fields, key: K): { readonly [P in K]?: string } => {
  const value = fields[key];
  return typeof value === 'string' ? ({ [key]: value } as { readonly [P in K]?: string }) : {};
};

const checkVersion = (fields: Fields, what: string): void => {
  if (fields['version'] !== 1)
    throw new DriverError('unsupported', `${what} was written by a later version of xcp (format ${JSON.stringify(fields['version'])})`);
};

export const parseSr = (text: string, what: string): SrRecord => {
  const fields = asFields(text, what);
  checkVersion(fields, what);
  return {
    version: 1,
    id: textField(fields, 'id', what),
    name: textField(fields, 'name', what),
    description: textField(fields, 'description', what),
  };
};

const parseAttachment = (value: Json, what: string): Attachment => {
  const fields = asFields(JSON.stringify(value), what);
  return { owner: textField(fields, 'owner', what), readOnly: fields['readOnly'] === true };
};

export const parseVolume = (text: string, what: string): VolumeRecord => {
  const fields = asFields(text, what);
  checkVersion(fields, what);
  const { sizeBytes, attached } = fields;
  const top = textField(fields, 'top', what);
  if (typeof sizeBytes !== 'number' || !Array.isArray(attached) || !isLayerName(top)) throw new DriverError('failed', `${what} is damaged`);
  return {
    version: 1,
    id: checkedId(textField(fields, 'id', what)),
    top,
    sizeBytes,
    name: textField(fields, 'name', what),
    description: textField(fields, 'description', what),
    type: textField(fields, 'type', what),
    isSnapshot: fields['isSnapshot'] === true,
    ...optional(fields, 'snapshotOf'),
    ...optional(fields, 'snapshotTime'),
    ...optional(fields, 'frozenBy'),
    ...optional(fields, 'freeze'),
    attached: attached.map(value => parseAttachment(value, what)),
  };
};
