// `<class>-param-set`: one setter per `field=value`, one key per `map:key=value`.

import { isXenError } from '../../../model/error.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import type { CliClass } from '../../records/classes.ts';
import { type Field, isKeySettable, isMap, isSet, isSettable } from '../../records/spec.ts';
import { standardParams } from '../../selectors.ts';
import { warnOfNonsense } from '../../sensible.ts';
import { type Target, targetOf } from './object.ts';
import { parseValue } from './parse.ts';

export const runParamSet = async (context: Context, cls: CliClass): Promise<void> => {
  const target = await targetOf(context, cls);
  const given = context.args.list.filter(([key]) => key !== 'uuid' && !standardParams.has(key));
  const wholeMaps = new Map<Field, Record<string, string>>();
  for (const [key, value] of given) {
    const field = target.fields.find(each => each.name === key);
    if (field !== undefined) {
      await setField(context, target, field, value);
      continue;
    }
    const { map, mapKey } = mapAndKey(target, key);
    if (map.rest.keySet === 'map') wholeMaps.set(map, { ...wholeMaps.get(map), [mapKey]: value });
    else await setKey(target, map, mapKey, value);
  }
  for (const [field, pairs] of wholeMaps)
    await target.subject.session.raw(`${target.subject.spec.api}.set_${field.source}`, [target.subject.ref, pairs]);
};

const setField = async (context: Context, target: Target, field: Field, text: string): Promise<void> => {
  const { subject } = target;
  if (!isSettable(field)) {
    const problem = isMap(field) ? "is a map or set. use the 'name:key=value' syntax." : 'is read-only.';
    throw new CommandError(`Field '${field.name}' ${problem}`);
  }
  const value = await parseValue(field.rest.set ?? field.kind, field.name, text, subject.session);
  await subject.session.raw(`${subject.spec.api}.${field.rest.setter ?? `set_${field.source}`}`, [subject.ref, value]);
  const { sensible } = field.rest;
  if (sensible !== undefined) warnOfNonsense(context, field.name, Number(text), sensible);
};

const isOpenToSet = (field: Field): boolean => isSettable(field) || isKeySettable(field);

const mapAndKey = (target: Target, key: string): { readonly map: Field; readonly mapKey: string } => {
  const map = target.fields
    .filter(field => (isMap(field) || isSet(field)) && key.startsWith(field.name) && /^[:-]/.test(key.slice(field.name.length)))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (map === undefined) {
    const among = target.fields.filter(isOpenToSet).map(field => field.name);
    throw new CommandError(`Unknown field '${key}'`, { typos: [{ of: 'parameter', written: key, among }] });
  }
  if (isSet(map)) throw new CommandError('Cannot param-set on set fields');
  if (!isKeySettable(map)) throw new CommandError(`Map field '${map.name}' is read-only.`);
  return { map, mapKey: key.slice(map.name.length + 1) };
};

const setKey = async ({ subject }: Target, field: Field, key: string, value: string): Promise<void> => {
  const { session, spec, ref } = subject;
  if (field.rest.keySet !== undefined) {
    await session.raw(`${spec.api}.${field.rest.keySet}`, [ref, key, value]);
    return;
  }
  try {
    await session.raw(`${spec.api}.remove_from_${field.source}`, [ref, key]);
  } catch (error) {
    // Servers of some ages refuse to remove a key that is not there; then there is nothing to replace.
    if (!isXenError(error, 'MAP_NO_SUCH_KEY')) throw error;
  }
  await session.raw(`${spec.api}.add_to_${field.source}`, [ref, key, value]);
};
