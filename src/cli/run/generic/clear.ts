// `<class>-param-clear`: empties a set, a map or a text.

import { isXenError } from '../../../model/error.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import type { CliClass } from '../../records/classes.ts';
import { asRecord } from '../../records/objects.ts';
import { clearing, type Field } from '../../records/spec.ts';
import { fieldNamed, type Target, targetOf } from './object.ts';
import { parseValue } from './parse.ts';

export const runParamClear = async (context: Context, cls: CliClass): Promise<void> => {
  const target = await targetOf(context, cls);
  const field = fieldNamed(target, context.args.text('param-name'));
  const { session, spec, ref, record } = target.subject;
  const way = clearing(field);
  switch (way) {
    case 'empty':
      return await setEmpty(target, field);
    case 'emptyMap':
      await session.raw(`${spec.api}.set_${field.source}`, [ref, {}]);
      return;
    case 'keys':
      for (const key of Object.keys(asRecord(record[field.source]) ?? {}))
        await session.raw(`${spec.api}.remove_from_${field.source}`, [ref, key]);
      return;
    case 'members': {
      const members = record[field.source];
      const remove = field.rest.removeName ?? `remove_${field.source}`;
      if (field.rest.set !== undefined) await session.raw(`${spec.api}.set_${field.source}`, [ref, []]);
      else for (const member of Array.isArray(members) ? members : []) await session.raw(`${spec.api}.${remove}`, [ref, member]);
      return;
    }
    case 'never':
      throw new CommandError('Can only clear RW parameters');
    default:
      way satisfies never;
  }
};

const setEmpty = async ({ subject }: Target, field: Field): Promise<void> => {
  const { session, spec, ref } = subject;
  try {
    const value = await parseValue(field.rest.set ?? field.kind, field.name, '', session);
    await session.raw(`${spec.api}.${field.rest.setter ?? `set_${field.source}`}`, [ref, value]);
  } catch (error) {
    if (error instanceof CommandError || isXenError(error)) throw new CommandError('Cannot clear this parameter');
    throw error;
  }
};
