// Reads a recorded pool: a JSON document of class → reference → record, as `get_all_records` of each class answers it, plain or gzipped.

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { RecordedPool } from '../ops/replay/pool.ts';
import { SettingsError } from './settings.ts';

/** A document that unpacks to more is refused. */
const MAX_BYTES = 1024 ** 3;
const GZIP_MAGIC = [0x1f, 0x8b];

const unpacked = (bytes: Buffer): Buffer =>
  GZIP_MAGIC.every((byte, i) => bytes[i] === byte) ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rejects with SettingsError, which names the file and what is wrong with it. */
export const readRecordedPool = async (path: string): Promise<RecordedPool> => {
  let value: unknown;
  try {
    value = JSON.parse(unpacked(await readFile(path)).toString('utf8'));
  } catch (error) {
    throw new SettingsError(`--records: ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const refuse = (what: string): never => {
    throw new SettingsError(`--records: ${path} is no recorded pool: ${what}`);
  };
  if (!isObject(value)) return refuse('expected an object of classes');
  const pool = new Map<string, ReadonlyMap<string, Readonly<Record<string, unknown>>>>();
  for (const [cls, objects] of Object.entries(value)) {
    if (!isObject(objects)) return refuse(`'${cls}' is not an object of records`);
    const records = new Map<string, Readonly<Record<string, unknown>>>();
    for (const [ref, record] of Object.entries(objects)) {
      if (!isObject(record)) return refuse(`${cls} ${ref} is not a record`);
      records.set(ref, record);
    }
    pool.set(cls, records);
  }
  for (const cls of ['pool', 'host']) if ((pool.get(cls)?.size ?? 0) === 0) return refuse(`it has no ${cls}`);
  return pool;
};
