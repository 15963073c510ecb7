// Some fields of one object, as the list commands show them, those included that take the server time.

import type { Context } from '../../context.ts';
import type { Cell } from '../../printer.ts';
import { loadRecord, type RecordName } from '../../records/classes.ts';
import { Objects } from '../../records/objects.ts';
import { fieldLabel, fieldsOf } from '../../records/spec.ts';
import { fieldText } from '../../records/value.ts';

export const showFields = async (context: Context, name: RecordName, ref: string, wanted: readonly string[]): Promise<void> => {
  const session = await context.session();
  const spec = await loadRecord(name);
  const objects = new Objects(session);
  const record = (await objects.record(spec.api, ref)) ?? {};
  const fields = fieldsOf(spec).filter(field => wanted.includes(field.name));
  const subject = { spec, ref, record, objects, session };
  context.out.table([await Promise.all(fields.map(async (field): Promise<Cell> => [fieldLabel(field), await fieldText(field, subject)]))]);
};
