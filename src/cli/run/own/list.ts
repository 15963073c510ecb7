// `<class>-list` with an option of its own: typed records, chosen fields, again at each change, or once there is something to list.

import { events, type XenEvent } from '../../../client/events.ts';
import type { Session } from '../../../client/session.ts';
import type { Context } from '../../context.ts';
import { CommandError, EXIT_OK, UsageError } from '../../exit.ts';
import { exitCodes, OutcomeError } from '../../exit-codes.ts';
import type { Format, OwnOptions } from '../../own-options.ts';
import { type CliClass, loadRecord } from '../../records/classes.ts';
import { fetchRecords } from '../../records/fetch.ts';
import { applyFilters, type Filter, filteredField, serverExpressions } from '../../records/filter.ts';
import { type ApiRecord, Objects } from '../../records/objects.ts';
import { type Field, fieldsOf, isMap, type RecordSpec } from '../../records/spec.ts';
import { type Typed, type TypedRecord, typedValue } from '../../records/typed.ts';
import { pairTexts, type Subject } from '../../records/value.ts';
import { recordsText } from '../../render/formats.ts';
import { isFilter } from '../generic/list.ts';

export interface Column {
  readonly name: string;
  readonly field: Field;
  /** One key of a map. */
  readonly key?: string;
}

interface Listing {
  readonly cls: CliClass;
  readonly spec: RecordSpec;
  readonly fields: readonly Field[];
  readonly filters: readonly Filter[];
  readonly columns: readonly Column[];
}

type Objectlike = readonly [ref: string, record: ApiRecord];

export const runOwnList = async (context: Context, cls: CliClass, own: OwnOptions): Promise<number> => {
  const spec = await loadRecord(cls.record);
  const fields = fieldsOf(spec);
  const filters: readonly Filter[] = [...(cls.filters ?? []), ...context.args.list.filter(([key]) => isFilter(key))];
  const columns = columnsFor(fields, own.select ?? wantedBy(context, cls, fields), own.select !== undefined);
  const listing: Listing = { cls, spec, fields, filters, columns };
  if (own.watch || own.wait) return await watchList(context, listing, own);
  const session = await context.session();
  const found = await fetchRecords(session, cls.api, serverExpressions(filters, fields));
  const records = await recordsOf(listing, found, session);
  if (context.out.typed === undefined) throw new UsageError('A list with --minimal takes params= instead of --select');
  context.out.typed(
    records.map(({ record }) => record),
    'many',
  );
  return EXIT_OK;
};

/** The fields that `params=` names, or those that the class shows. */
const wantedBy = (context: Context, cls: CliClass, fields: readonly Field[]): readonly string[] => {
  const params = context.args.get('params');
  if (params === 'all' || (params === undefined && cls.shown.length === 0)) return ['all'];
  const wanted = new Set(params === undefined ? cls.shown : params.split(','));
  return fields.map(field => field.name).filter(name => wanted.has(name));
};

/** Fields that cost a call each are left out of `all`; named, they are fetched. */
export const columnsFor = (fields: readonly Field[], wanted: readonly string[], strict: boolean): readonly Column[] =>
  wanted.flatMap((name): readonly Column[] => {
    if (name === 'all') {
      return fields.filter(({ rest }) => rest.hidden !== true && rest.expensive !== true).map(field => ({ name: field.name, field }));
    }
    const exact = fields.find(field => field.name === name);
    if (exact !== undefined) return [{ name, field: exact }];
    const at = name.indexOf(':');
    const map = at < 0 ? undefined : fields.find(field => isMap(field) && field.name === name.slice(0, at));
    if (map !== undefined) return [{ name, field: map, key: name.slice(at + 1) }];
    if (strict) throw new CommandError(`There is no field '${name}': there are ${fields.map(field => field.name).join(', ')}`);
    return [];
  });

interface Listed {
  readonly ref: string;
  readonly record: TypedRecord;
}

const recordsOf = async (listing: Listing, found: readonly Objectlike[], session: Session): Promise<readonly Listed[]> => {
  const objects = new Objects(session);
  const subjects = found.map(([ref, record]): Subject => ({ ref, record, spec: listing.spec, objects, session }));
  const matching = await applyFilters(listing.filters, listing.fields, subjects);
  return await Promise.all(matching.map(async subject => ({ ref: subject.ref, record: await typedRecord(listing.columns, subject) })));
};

export const typedRecord = async (columns: readonly Column[], subject: Subject): Promise<TypedRecord> => {
  const pairs = columns.map(async ({ name, field, key }): Promise<readonly [string, Typed]> => {
    if (key === undefined) return [name, await typedValue(field, subject)];
    return [name, (await pairTexts(field, subject)).get(key) ?? null];
  });
  return Object.fromEntries(await Promise.all(pairs));
};

/** The classes whose objects a listing reads through: what a guest tells, say, stands in its VM_guest_metrics. */
const classesBehind = ({ columns, filters, fields }: Listing): readonly string[] => {
  const used = [...columns.map(({ field }) => field), ...filters.map(([key]) => filteredField(key, fields))];
  return [...new Set(used.flatMap(field => (field?.through === undefined ? [] : [field.through.cls])))];
};

/**
 * Follows the events of the class, the first of which bring every object, and of the classes behind it. Ends by Ctrl-C, at the time limit,
 * or when `--wait` is content.
 */
const watchList = async (context: Context, listing: Listing, own: OwnOptions): Promise<number> => {
  const { io } = context;
  const end = new AbortController();
  const stop = io.onInterrupt(() => end.abort());
  const timeout = own.timeoutMs === undefined ? undefined : AbortSignal.timeout(own.timeoutMs);
  const signal = timeout === undefined ? end.signal : AbortSignal.any([end.signal, timeout]);
  const session = await context.session();
  const known = new Map<string, ApiRecord>();
  const show = viewOf(context, own);
  const ofClass = listing.cls.api.toLowerCase();
  try {
    for await (const batch of events(session, [ofClass, ...classesBehind(listing).map(cls => cls.toLowerCase())], { signal })) {
      if (batch.events.length === 0 && known.size > 0) continue;
      for (const event of batch.events) if (event.className.toLowerCase() === ofClass) take(known, event);
      const listed = await recordsOf(
        listing,
        [...known].toSorted(([a], [b]) => (a < b ? 1 : -1)),
        session,
      );
      if (own.wait && listed.length === 0) continue;
      await show(listed);
      if (own.wait) return EXIT_OK;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!own.wait) return EXIT_OK;
    if (timeout?.aborted === true) throw new OutcomeError('timeout', 'Nothing matched in time', { cause: error });
    return exitCodes.cancelled.code;
  } finally {
    stop();
  }
  return EXIT_OK;
};

const take = (known: Map<string, ApiRecord>, event: XenEvent): void => {
  if (event.operation === 'del' || event.snapshot === undefined) known.delete(event.ref);
  else known.set(event.ref, event.snapshot);
};

const CLEAR_SCREEN = '\u001b[H\u001b[2J\u001b[3J';

/** What is done with each state of a list: on a terminal it takes the place of the last one, else only what has changed is written. */
const viewOf = (context: Context, own: OwnOptions): ((listed: readonly Listed[]) => Promise<void>) => {
  const { stdout } = context.io;
  const format: Format = own.format ?? (stdout.isTTY || own.wait ? 'table' : 'ndjson');
  if (format === 'ndjson' && !own.wait) return changesOnly(text => stdout.write(text));
  let last = '';
  return async listed => {
    const text = await recordsText(
      format,
      listed.map(({ record }) => record),
      'many',
      stdout,
    );
    if (text === last) return;
    last = text;
    stdout.write(stdout.isTTY && own.watch ? `${CLEAR_SCREEN}${text}` : text);
  };
};

/** One line for each object that came, changed or went. */
const changesOnly = (write: (text: string) => void): ((listed: readonly Listed[]) => Promise<void>) => {
  let before = new Map<string, string>();
  return async listed => {
    const now = new Map(listed.map(({ ref, record }) => [ref, JSON.stringify(record)]));
    for (const [ref, text] of now) {
      const old = before.get(ref);
      if (old !== text) write(`{"event":"${old === undefined ? 'add' : 'mod'}","record":${text}}\n`);
    }
    for (const [ref, text] of before) if (!now.has(ref)) write(`{"event":"del","record":${text}}\n`);
    before = now;
  };
};
