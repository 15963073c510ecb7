// Fetches the objects of a class, no more than needed: what can be said to the server as an expression is said to it.

import type { Session } from '../../client/session.ts';
import { isXenError } from '../../model/error.ts';
import { type ApiRecord, asRecord } from './objects.ts';
import type { Field } from './spec.ts';

/** Columns that the database of every server has under this name. */
const columns: Readonly<Record<string, string>> = {
  uuid: 'uuid',
  name_label: 'name__label',
  is_a_template: 'is_a_template',
  is_a_snapshot: 'is_a_snapshot',
  is_control_domain: 'is_control_domain',
  power_state: 'power_state',
};

/** Lists of these classes do not come from the database. */
const unfiltered: ReadonlySet<string> = new Set(['message', 'role']);

/** An expression that holds for every object whose field has this text, or undefined if there is none. */
export const expressionFor = (field: Field, text: string): string | undefined => {
  const column = columns[field.source];
  if (column === undefined || text.includes('"')) return undefined;
  const value = field.kind === 'lower' ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return `field "${column}"="${value}"`;
};

/** The uuid or the name of an object. */
export const uuidOrName = (text: string): string | undefined =>
  text.includes('"') ? undefined : `(field "uuid"="${text}" or field "name__label"="${text}")`;

/** References and records, in the order in which lists show them. Expressions all have to hold; more may come than they ask for. */
export const fetchRecords = async (
  session: Session,
  api: string,
  expressions: readonly (string | undefined)[] = [],
): Promise<readonly (readonly [ref: string, record: ApiRecord])[]> => {
  const wanted = unfiltered.has(api) ? [] : expressions.filter(each => each !== undefined);
  const records = await recordsWhere(session, api, wanted);
  const entries = Object.entries(asRecord(records) ?? {}).flatMap(([ref, value]): readonly (readonly [string, ApiRecord])[] => {
    const record = asRecord(value);
    return record === undefined ? [] : [[ref, record]];
  });
  return unfiltered.has(api) ? entries : entries.toSorted(([a], [b]) => (a < b ? 1 : -1));
};

/** Sessions on servers that take no expressions. */
const withoutExpressions = new WeakSet<Session>();

const recordsWhere = async (session: Session, api: string, expressions: readonly string[]): Promise<unknown> => {
  if (expressions.length === 0 || withoutExpressions.has(session)) return await session.raw(`${api}.get_all_records`);
  try {
    return await session.raw(`${api}.get_all_records_where`, [conjunction(expressions.map(each => inColumnsOf(api, each)))]);
  } catch (error) {
    if (!isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) throw error;
    withoutExpressions.add(session);
    return await session.raw(`${api}.get_all_records`);
  }
};

/** The pool's name has a column of another name than all others. */
const inColumnsOf = (api: string, expression: string): string =>
  api === 'pool' ? expression.replaceAll('field "name__label"=', 'field "name_label"=') : expression;

const conjunction = (expressions: readonly string[]): string =>
  expressions.map(each => (each.startsWith('(') ? each : `(${each})`)).join(' and ');
