// `<class>-param-add` and `<class>-param-remove`: members of sets, keys of maps.

import { missingParam } from '../../args.ts';
import type { Param } from '../../argv.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import type { CliClass } from '../../records/classes.ts';
import { asRecord } from '../../records/objects.ts';
import { type Field, isMap, isOpen, isSet } from '../../records/spec.ts';
import { memberTexts, pairTexts } from '../../records/value.ts';
import { standardParams } from '../../selectors.ts';
import { fieldNamed, type Target, targetOf } from './object.ts';
import { parseValue } from './parse.ts';

export const runParamAdd = async (context: Context, cls: CliClass): Promise<void> => {
  const target = await targetOf(context, cls);
  const field = fieldNamed(target, context.args.text('param-name'));
  if (!isSet(field) && !isMap(field)) throw new CommandError('Can only add to parameters of type Set or Map');
  if (!isOpen(field)) throw new CommandError('Parameter is read-only');
  if (isSet(field)) {
    const key = context.args.get('param-key');
    if (key === undefined)
      throw new CommandError('When adding a key to a set, use the syntax: *-param-add param-name=<name> param-key=<key>');
    await addMember(target, field, key);
    return;
  }
  const pairs = context.args.list.filter(([key]) => !['uuid', 'param-name', 'param-key'].includes(key) && !standardParams.has(key));
  for (const pair of pairs) await addPair(target, field, pair);
};

export const runParamRemove = async (context: Context, cls: CliClass): Promise<void> => {
  const target = await targetOf(context, cls);
  const field = fieldNamed(target, context.args.text('param-name'));
  const key = context.args.get('param-key');
  if (key === undefined) throw missingParam('param-key');
  if (!isSet(field) && !isMap(field)) throw new CommandError('Can only remove from parameters of type Set or Map');
  if (!isOpen(field)) throw new CommandError('Cannot remove parameters from read-only map');
  if (isSet(field)) {
    if (!(await memberTexts(field, target.subject)).includes(key)) throw new CommandError(`Key ${key} is not in the set`);
    await removeMember(target, field, key);
    return;
  }
  if (!(await pairTexts(field, target.subject)).has(key)) throw new CommandError(`Key ${key} is not in map`);
  await removeKey(target, field, key);
};

const addMember = async ({ subject }: Target, field: Field, text: string): Promise<void> => {
  const { session, spec, ref, record } = subject;
  const member = await parseValue(memberKind(field), field.name, text, session);
  if (field.rest.whole === true) await session.raw(`${spec.api}.set_${field.source}`, [ref, [...listOf(record[field.source]), member]]);
  else await session.raw(`${spec.api}.${field.rest.addName ?? `add_${field.source}`}`, [ref, member]);
};

const removeMember = async ({ subject }: Target, field: Field, text: string): Promise<void> => {
  const { session, spec, ref, record } = subject;
  const member = await parseValue(memberKind(field), field.name, text, session);
  if (field.rest.whole === true)
    await session.raw(`${spec.api}.set_${field.source}`, [ref, listOf(record[field.source]).filter(each => each !== member)]);
  else await session.raw(`${spec.api}.${field.rest.removeName ?? `remove_${field.source}`}`, [ref, member]);
};

const memberKind = (field: Field): string => {
  if (field.rest.member !== undefined) return field.rest.member;
  const [kind = '', name = ''] = field.kind.split(' ');
  return kind === 'uuids' ? `uuid ${name}` : 'string';
};

const addPair = async ({ subject }: Target, field: Field, [key, value]: Param): Promise<void> => {
  const { session, spec, ref, record } = subject;
  const apiKey = field.rest.member === undefined ? key : String(await parseValue(field.rest.member, field.name, key, session));
  if (field.rest.whole === true)
    await session.raw(`${spec.api}.set_${field.source}`, [ref, { ...asRecord(record[field.source]), [apiKey]: value }]);
  else await session.raw(`${spec.api}.add_to_${field.source}`, [ref, apiKey, value]);
};

const removeKey = async ({ subject }: Target, field: Field, key: string): Promise<void> => {
  const { session, spec, ref, record } = subject;
  if (field.rest.whole === true) {
    const rest = Object.entries(asRecord(record[field.source]) ?? {}).filter(([each]) => each !== key);
    await session.raw(`${spec.api}.set_${field.source}`, [ref, Object.fromEntries(rest)]);
  } else {
    await session.raw(`${spec.api}.remove_from_${field.source}`, [ref, key]);
  }
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
