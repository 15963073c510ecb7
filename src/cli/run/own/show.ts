// `<class>-param-list` and `<class>-param-get` as data.

import type { Context } from '../../context.ts';
import { OutcomeError } from '../../exit-codes.ts';
import { type Field, isMap } from '../../records/spec.ts';
import type { Subject } from '../../records/value.ts';
import { columnsFor, typedRecord } from './list.ts';

export const showTyped = async (context: Context, fields: readonly Field[], subject: Subject): Promise<void> => {
  const wanted = context.own?.select ?? ['all'];
  context.out.typed?.([await typedRecord(columnsFor(fields, wanted, true), subject)], 'one');
};

export const getTyped = async (context: Context, field: Field, key: string | undefined, subject: Subject): Promise<void> => {
  const ofMap = key !== undefined && isMap(field);
  const record = await typedRecord([ofMap ? { name: key, field, key } : { name: field.name, field }], subject);
  if (ofMap && record[key] === null) throw new OutcomeError('notFound', `Key ${key} not found in map`);
  context.out.typed?.([record], 'bare');
};
