// Commands that are one call of the API: the row says which, and how its parameters are made.

import type { ClassName } from '../../model/index.ts';
import type { Session } from '../../client/session.ts';
import { NULL_REF_TEXT } from '../../lib/brand.ts';
import { type Args, parseBytes, parseChoice, parseInteger } from '../args.ts';
import type { Context } from '../context.ts';
import { CommandError, forceNeeded } from '../exit.ts';
import { byUuid, thePool, thisHost, uuidOf } from '../lookup.ts';
import { forEach, select, type Selected } from '../selectors.ts';
import type { Arg, Call } from '../table/row.ts';
import { asRecord } from '../records/objects.ts';

export const runCall = async (context: Context, call: Call): Promise<number | void> => {
  if (context.row.selects === undefined) {
    const result = await perform(context, call, undefined);
    if (call.prints === 'map') context.out.table([Object.entries(asRecord(result) ?? {}).map(([key, value]) => [key, String(value)])]);
    else if (call.prints === 'text') context.out.note(String(result));
    else if (call.prints !== undefined) context.out.lines(await printed(context, call, result));
    return;
  }
  const operation = async (item: Selected): Promise<readonly string[] | void> => {
    const result = await perform(context, call, item);
    return call.prints === undefined ? undefined : await printed(context, call, result);
  };
  return await forEach(context, await select(context), operation, call.prints === 'text' ? 'notes' : 'lines');
};

const perform = async (context: Context, call: Call, item: Selected | undefined): Promise<unknown> => {
  const { args } = context;
  const isForced = args.bool('force');
  if (call.forceNeeded === 'before' && !isForced) throw forceNeeded();
  const message = call.forced !== undefined && isForced ? call.forced : call.message;
  const session = await context.session();
  const values: unknown[] = [];
  for (const arg of call.args) values.push(await argValue(arg, args, session, item));
  if (call.forceNeeded === 'after' && !isForced) throw forceNeeded();
  return await session.raw(message, values);
};

const printed = async (context: Context, call: Call, result: unknown): Promise<readonly string[]> => {
  const { prints } = call;
  if (typeof prints === 'object' && 'uuidsOf' in prints) return await uuidsOf(await context.session(), prints.uuidsOf, result);
  if (typeof prints === 'object') return [await uuidOf(await context.session(), prints.uuidOf, String(result))];
  return prints === 'lines' && Array.isArray(result) ? result.map(String) : [String(result)];
};

const uuidsOf = async (session: Session, cls: ClassName, result: unknown): Promise<readonly string[]> =>
  await Promise.all((Array.isArray(result) ? result : []).map(each => uuidOf(session, cls, String(each))));

const argValue = async (arg: Arg, args: Args, session: Session, item: Selected | undefined): Promise<unknown> => {
  switch (arg.kind) {
    case 'ref':
      return arg.optional === true && !args.has(arg.param) ? NULL_REF_TEXT : await byUuid(session, arg.cls, args.text(arg.param));
    case 'refs':
      return await Promise.all(args.commaList(arg.param).map(uuid => byUuid(session, arg.cls, uuid)));
    case 'text':
      return args.get(arg.param) ?? arg.fallback ?? args.text(arg.param);
    case 'int':
      return withFallback(args, arg.param, arg.fallback, parseInteger);
    case 'bytes':
      return withFallback(args, arg.param, arg.fallback, parseBytes);
    case 'float':
      return arg.fallback !== undefined && !args.has(arg.param) ? arg.fallback : parseFloatArg(arg.param, args.text(arg.param));
    case 'bool':
      return args.bool(arg.param, arg.fallback ?? false);
    case 'choice':
      return args.has(arg.param) || arg.fallback === undefined ? parseChoice(args.text(arg.param), arg.choices) : arg.fallback;
    case 'list':
      return args.commaList(arg.param);
    case 'map':
      return args.map(arg.param);
    case 'constant':
      return arg.value;
    case 'record':
      return await recordOf(arg.fields, args, session, item);
    case 'members':
      return Object.fromEntries(arg.params.flatMap(param => (args.has(param) ? [[param, args.text(param)]] : [])));
    case 'localhost':
      return arg.param !== undefined && args.has(arg.param) ? await byUuid(session, 'host', args.text(arg.param)) : await thisHost(session);
    case 'selected':
      return item?.ref;
    case 'pool':
      return await thePool(session);
    default:
      return arg satisfies never;
  }
};

const recordOf = async (
  fields: Readonly<Record<string, Arg>>,
  args: Args,
  session: Session,
  item: Selected | undefined,
): Promise<Readonly<Record<string, unknown>>> => {
  const values: Record<string, unknown> = {};
  for (const [name, arg] of Object.entries(fields)) values[name] = await argValue(arg, args, session, item);
  return values;
};

const withFallback = (args: Args, param: string, fallback: number | undefined, parse: (key: string, value: string) => number): number => {
  const value = args.get(param);
  return value === undefined && fallback !== undefined ? fallback : parse(param, value ?? args.text(param));
};

/** For fields; commands of their own say it in other words. */
export const parseFloatParam = (param: string, value: string): number =>
  finite(value, `Parameter ${param} must be a floating-point number`);

const parseFloatArg = (param: string, value: string): number => finite(value, `Failed to parse parameter '${param}': expecting a float`);

const finite = (text: string, problem: string): number => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw new CommandError(problem);
  return number;
};
