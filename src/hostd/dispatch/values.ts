// Values on their way in and out: parameters made canonical by the model, answers brought into the form that JSON or XML-RPC carries.

import { Int4Value } from '../../lib/wire-values.ts';
import { encodeJson, encodeXml } from '../../model/codec.ts';
import { internalError } from '../../model/error.ts';
import { type MessageModel, schema, type Type } from '../../model/index.ts';
import { decodeParams as decodeByName } from '../../model/params.ts';
import { serializeValue } from '../../wire/xmlrpc.ts';
import type { EventBatch, WireEvent } from '../events/event.ts';
import { classOfEvent } from '../events/filter.ts';
import type { Answer } from './answer.ts';
import { recordText, tableText } from './record-text.ts';

/** The parameters in the model's order, from the `first` of the call on. Throws XenError. */
export const decodeParams = (message: MessageModel, raw: readonly unknown[], first: number): readonly unknown[] => {
  if (message.kind === 'getter' || message.kind === 'get_record') return [reference(message, raw[first])];
  const named = decodeByName(message, raw.slice(first), schema);
  return message.params.map(param => named[param.name]);
};

const reference = (message: MessageModel, value: unknown): string => {
  if (typeof value !== 'string') throw internalError(`${message.fullName}.self: expected a reference`);
  return value;
};

export const namedParams = (message: MessageModel, ordered: readonly unknown[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(message.params.map((param, index): [string, unknown] => [param.name, ordered[index]]));

/** The value as JSON. */
export const jsonText = ({ value, type }: Answer): string => {
  if (value === undefined) return '""';
  switch (type.kind) {
    case 'events':
    case 'event batch':
    case 'json':
      return JSON.stringify(value);
    case 'record':
      return recordText(value);
    case 'map':
      return type.value.kind === 'record' ? tableText(Object(value)) : JSON.stringify(value);
    default:
      return JSON.stringify(encodeJson(type, value));
  }
};

/** What the XML-RPC serializer takes. */
export const xmlValue = ({ value, type }: Answer): unknown => {
  switch (type.kind) {
    case 'events':
      return (value as readonly WireEvent[]).map(xmlEvent);
    case 'event batch':
      return xmlBatch(value as EventBatch);
    case 'json':
      return JSON.stringify(value);
    default:
      return encodeXml(type, value, schema);
  }
};

const xmlBatch = ({ events, valid_ref_counts: counts, token }: EventBatch): unknown => ({
  events: events.map(xmlEvent),
  valid_ref_counts: Object.fromEntries(Object.entries(counts).map(([cls, count]) => [cls, new Int4Value(count)])),
  token,
});

const xmlEvent = ({ snapshot, ...event }: WireEvent): unknown =>
  snapshot === undefined ? event : { ...event, snapshot: encodeXml({ kind: 'record', cls: classOfEvent(event.class) }, snapshot, schema) };

/** A task's result: the value as XML-RPC writes it. */
export const taskResult = (type: Type, value: unknown): string => serializeValue(value === undefined ? '' : encodeXml(type, value, schema));
