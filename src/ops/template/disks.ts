// The `disks` document in a template's other_config: which disks a VM made from it gets.
//
//   <provision><disk device="0" size="8589934592" sr="" bootable="true" type="system"/></provision>

import { XenError } from '../../model/error.ts';

export interface DiskRequest {
  readonly device: string;
  readonly sizeBytes: number;
  /** Uuid of an SR; empty: the pool's default. */
  readonly sr: string;
  readonly bootable: boolean;
  readonly type: string;
}

const maxDocumentLength = 16 * 1024;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (text: string): string => text.replace(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => entities[name] ?? '');

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/([A-Za-z][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name = '', a, b]) => [name, unescaped(a ?? b ?? '')]),
  );

const refuse = (why: string): XenError => new XenError('INVALID_VALUE', ['other_config:disks', why]);

const requestOf = (attributes: ReadonlyMap<string, string>): DiskRequest => {
  const sizeBytes = Number(attributes.get('size'));
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0) throw refuse(`size="${attributes.get('size') ?? ''}"`);
  return {
    device: attributes.get('device') ?? '0',
    sizeBytes,
    sr: attributes.get('sr') ?? '',
    bootable: attributes.get('bootable') === 'true',
    type: attributes.get('type') ?? 'user',
  };
};

/** An empty text asks for no disks. Throws INVALID_VALUE. */
export const parseDisks = (document: string): readonly DiskRequest[] => {
  if (document.trim() === '') return [];
  if (document.length > maxDocumentLength) throw refuse('longer than 16 KiB');
  if (!/^\s*<provision\b[^>]*(\/>|>[\s\S]*<\/provision>)\s*$/.test(document)) throw refuse('no <provision> element');
  return [...document.matchAll(/<disk\b([^>]*?)\/?>/g)].map(([, attributes = '']) => requestOf(attributesOf(attributes)));
};

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

export const writeDisks = (disks: readonly DiskRequest[]): string => {
  const each = disks.map(
    disk =>
      `<disk size="${disk.sizeBytes}" sr="${escaped(disk.sr)}" bootable="${disk.bootable}" type="${escaped(disk.type)}" device="${escaped(disk.device)}"/>`,
  );
  return `<provision>${each.join('')}</provision>`;
};
