// `<class>-param-list` and `<class>-param-get`.

import type { Context } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import type { Cell } from '../../printer.ts';
import type { CliClass } from '../../records/classes.ts';
import { fieldLabel, isMap } from '../../records/spec.ts';
import { fieldText, pairTexts } from '../../records/value.ts';
import { fieldNamed, targetOf } from './object.ts';

export const runParamList = async (context: Context, cls: CliClass): Promise<void> => {
  const { subject, fields } = await targetOf(context, cls);
  const visible = fields.filter(field => field.rest.hidden !== true);
  if (context.out.typed !== undefined) {
    const { showTyped } = await import('../own/show.ts');
    return await showTyped(context, fields, subject);
  }
  const cells = visible.map(async (field): Promise<Cell> => [fieldLabel(field), await fieldText(field, subject)]);
  context.out.table([await Promise.all(cells)]);
};

export const runParamGet = async (context: Context, cls: CliClass): Promise<void> => {
  const target = await targetOf(context, cls);
  const field = fieldNamed(target, context.args.text('param-name'));
  const key = context.args.get('param-key');
  if (context.out.typed !== undefined) {
    const { getTyped } = await import('../own/show.ts');
    return await getTyped(context, field, key, target.subject);
  }
  if (key === undefined || !isMap(field)) {
    context.out.lines([await fieldText(field, target.subject)]);
    return;
  }
  const value = (await pairTexts(field, target.subject)).get(key);
  if (value === undefined) throw new CommandError(`Key ${key} not found in map`);
  context.out.lines([value]);
};
