// The one object that a `param-…` command is about, and its fields by name.

import { XenError } from '../../../model/error.ts';
import type { ClassName } from '../../../model/index.ts';
import type { Context } from '../../context.ts';
import { byUuid, databaseSession } from '../../lookup.ts';
import { type CliClass, loadRecord } from '../../records/classes.ts';
import { asRecord, Objects } from '../../records/objects.ts';
import { type Field, fieldsOf } from '../../records/spec.ts';
import type { Subject } from '../../records/value.ts';

export interface Target {
  readonly subject: Subject;
  readonly fields: readonly Field[];
}

/** Rejects with UUID_INVALID if there is no such object. */
export const targetOf = async (context: Context, cls: CliClass): Promise<Target> => {
  const spec = await loadRecord(cls.record);
  const session = await databaseSession(context);
  const ref = await byUuid(session, cls.api as ClassName, context.args.text('uuid'));
  const record = asRecord(await session.raw(`${cls.api}.get_record`, [ref])) ?? {};
  return { subject: { spec, ref, record, objects: new Objects(session), session }, fields: fieldsOf(spec) };
};

/** Throws the error that scripts know for a name that is no field. */
export const fieldNamed = (target: Target, name: string): Field => {
  const field = target.fields.find(each => each.name === name);
  if (field === undefined) throw new XenError('Missing parameter', [name]);
  return field;
};
