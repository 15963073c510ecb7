// Makes names for new objects: references, uuids and the times XenAPI writes.

import { randomUUID } from 'node:crypto';
import type { Ref } from '../lib/brand.ts';

export const freshUuid = (): string => randomUUID();

export const freshRef = <C extends string>(): Ref<C> => `OpaqueRef:${randomUUID()}` as Ref<C>;

/** A reference that came as text (a journal, a map's key) and is known to point to class `C`. */
export const asRef = <C extends string>(text: string): Ref<C> => text as Ref<C>;

/** `YYYYMMDDTHH:MM:SSZ`. */
export const timeText = (date: Date = new Date()): string =>
  date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll('-', '');

/** A locally administered unicast MAC address from 6 bytes of any quality. */
export const macFrom = (bytes: Uint8Array): string => {
  const first = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [first, ...bytes.subarray(1, 6)].map(byte => byte.toString(16).padStart(2, '0')).join(':');
};
