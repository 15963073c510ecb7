// The whole model: every class, message, enumeration, error and role. What loads one class only is lazy.ts.

import type { Ref } from '../lib/brand.ts';
import { type ClassModel, compileClass, type MessageModel } from './compile.ts';
import type { Schema } from './codec.ts';
import { sources } from './sources.ts';
import type { ClassName, RecordOf } from './typing.ts';

export type { Ref };
export { checkValue, decodeValue, encodeJson, encodeXml, type Schema, ValueError } from './codec.ts';
export { decodeParams, encodeJsonResult, encodeXmlParams, encodeXmlResult, orderParams } from './params.ts';
export { type Alert, alerts } from './alerts.ts';
export { emergencyCalls, noTaskForClasses } from './calls.ts';
export type { ClassModel, FieldModel, Lifecycle, MessageKind, MessageModel, ParamModel } from './compile.ts';
export { EPOCH, dateTimeMs, formatDateTime, parseDateTime } from './datetime.ts';
export type { Value } from './dsl.ts';
export { type EnumName, type EnumValue, enums } from './enums.ts';
export { type ErrorCode, type ErrorModel, errors } from './errors/table.ts';
export { type HttpAction, httpActions } from './http-actions/table.ts';
export { type End, hiddenRelations, oneWaySets, type Relation, relations } from './relations.ts';
export { apiVersion, type Release, releases } from './releases.ts';
export { extraPermissions, internalRoles, type RequiredRole, type Role, roleAllows, roles } from './roles.ts';
export { ANY_CLASS, defaultValue, parseType, type Type, typeText } from './types.ts';
export type {
  BoundCreateArgs,
  BoundParamsOf,
  ClassName,
  CreateArgs,
  FieldName,
  HandlersOf,
  MessageName,
  ParamsOf,
  RecordOf,
  ResultOf,
  ValueOf,
} from './typing.ts';

const compiled = Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, compileClass(source)]));

/** Every class by name. */
export const classes = compiled as { readonly [C in ClassName]: ClassModel };

export const classNames = Object.keys(sources) as readonly ClassName[];

export const isClassName = (name: string): name is ClassName => Object.hasOwn(sources, name);

/** Every message by full name: `VM.start`. Worked out at the first call: a start needs none of them. */
export const allMessages = (): ReadonlyMap<string, MessageModel> => {
  everyMessage ??= new Map(
    classNames.flatMap(cls => [...classes[cls].messages.values()].map((message): [string, MessageModel] => [message.fullName, message])),
  );
  return everyMessage;
};
let everyMessage: ReadonlyMap<string, MessageModel> | undefined;

/** A new object with the default of every field, options left out; `uuid` is the empty text and must be given. */
export const fieldDefaults = <C extends ClassName>(cls: C): RecordOf<C> => {
  const record: Record<string, unknown> = {};
  for (const field of classes[cls].fields.values()) {
    if (!field.wireOnly && field.default !== undefined) record[field.name] = field.default;
  }
  return record as RecordOf<C>;
};

/** Looks fields up for the codec, in the whole model. */
export const schema: Schema = cls => (isClassName(cls) ? classes[cls] : undefined);
