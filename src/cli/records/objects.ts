// Other objects that a listing speaks of, by reference. Asked for one by one they are fetched together: a few by themselves, many by
// one call for the whole class. Nothing is fetched twice within a command, and what has arrived is had without waiting.

import { isXenError } from '../../model/error.ts';
import { valueText } from '../../client/values.ts';
import type { Session } from '../../client/session.ts';
import { isNullRef } from '../../lib/brand.ts';
import { type Later, whenHere } from './later.ts';

export type ApiRecord = Readonly<Record<string, unknown>>;

/** Up to this many objects of a class are fetched one by one. */
const MAX_SINGLE = 4;

export class Objects {
  readonly #session: Session;
  readonly #known = new Map<string, Map<string, Later<ApiRecord | undefined>>>();
  readonly #wanted = new Map<string, Map<string, (record: Promise<ApiRecord | undefined>) => void>>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** The object, or undefined if the reference is null or dangling, or the server does not know the class. */
  record(cls: string, ref: string): Later<ApiRecord | undefined> {
    if (isNullRef(ref)) return undefined;
    const known = this.#knownOf(cls);
    if (known.has(ref)) return known.get(ref);
    const promise = new Promise<ApiRecord | undefined>(resolve => this.#want(cls).set(ref, resolve)).then(record => {
      known.set(ref, record);
      return record;
    });
    known.set(ref, promise);
    return promise;
  }

  uuid(cls: string, ref: string): Later<string | undefined> {
    return whenHere(this.record(cls, ref), record => textIn(record?.['uuid']));
  }

  name(cls: string, ref: string): Later<string | undefined> {
    return whenHere(this.record(cls, ref), record => textIn(record?.['name_label'] ?? record?.['name']));
  }

  #knownOf(cls: string): Map<string, Later<ApiRecord | undefined>> {
    const known = this.#known.get(cls);
    if (known !== undefined) return known;
    const fresh = new Map<string, Later<ApiRecord | undefined>>();
    this.#known.set(cls, fresh);
    return fresh;
  }

  #want(cls: string): Map<string, (record: Promise<ApiRecord | undefined>) => void> {
    const wanted = this.#wanted.get(cls);
    if (wanted !== undefined) return wanted;
    const fresh = new Map<string, (record: Promise<ApiRecord | undefined>) => void>();
    this.#wanted.set(cls, fresh);
    // All that is asked for in this turn goes into one round.
    setImmediate(() => this.#fetch(cls));
    return fresh;
  }

  #fetch(cls: string): void {
    const wanted = this.#wanted.get(cls);
    this.#wanted.delete(cls);
    if (wanted === undefined) return;
    const all = wanted.size > MAX_SINGLE ? this.#every(cls) : undefined;
    for (const [ref, resolve] of wanted) resolve(all === undefined ? this.#single(cls, ref) : all.then(records => recordOf(records, ref)));
  }

  async #every(cls: string): Promise<unknown> {
    try {
      return await this.#session.raw(`${cls}.get_all_records`);
    } catch (error) {
      if (isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) return {};
      throw error;
    }
  }

  async #single(cls: string, ref: string): Promise<ApiRecord | undefined> {
    try {
      return asRecord(await this.#session.raw(`${cls}.get_record`, [ref]));
    } catch (error) {
      // It is gone, or the server is too old to have the class.
      if (isXenError(error, 'HANDLE_INVALID') || isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) return undefined;
      throw error;
    }
  }
}

const textIn = (value: unknown): string | undefined => (value === undefined ? undefined : valueText(value));

const recordOf = (records: unknown, ref: string): ApiRecord | undefined => asRecord(asRecord(records)?.[ref]);

/** The value as a record of named values, or undefined if it is none. */
export const asRecord = (value: unknown): ApiRecord | undefined => (isRecord(value) ? value : undefined);

const isRecord = (value: unknown): value is ApiRecord => typeof value === 'object' && value !== null && !Array.isArray(value);
