// Parameters between the wire, where they stand in order, and the inside, where they have names.

import { decodeConstructor, decodeValue, encodeJson, encodeXml, type Schema, ValueError } from './codec.ts';
import type { MessageModel } from './compile.ts';
import { internalError, parameterCountMismatch } from './error.ts';

/**
 * Parameters as they came, without the session, to canonical ones by name, defaults filled in. Throws XenError:
 * MESSAGE_PARAMETER_COUNT_MISMATCH, or INTERNAL_ERROR with a sentence that names the parameter (the code that the API has for this).
 */
export const decodeParams = (message: MessageModel, args: readonly unknown[], schema: Schema): Readonly<Record<string, unknown>> => {
  const { params, requiredParams, fullName } = message;
  if (args.length < requiredParams || args.length > params.length) throw parameterCountMismatch(fullName, requiredParams, args.length);
  try {
    return Object.fromEntries(
      params.map((param, index): [string, unknown] => {
        if (index >= args.length) return [param.name, param.default];
        const path = `${fullName}.${param.name}`;
        const model = message.kind === 'create' && param.type.kind === 'record' ? schema(param.type.cls) : undefined;
        if (model) return [param.name, decodeConstructor(model, args[index], path, schema)];
        return [param.name, decodeValue(param.type, args[index], { path, schema })];
      }),
    );
  } catch (error) {
    if (error instanceof ValueError) throw internalError(error.message);
    throw error;
  }
};

/**
 * Parameters by name to the order of the wire. Trailing ones that were left out stay out; one left out before a given one is sent with
 * its default. Throws RangeError for a name that the message does not have or one that it needs: the caller's mistake.
 */
export const orderParams = (message: MessageModel, given: Readonly<Record<string, unknown>>): readonly unknown[] => {
  const { params, fullName } = message;
  for (const name of Object.keys(given)) {
    if (!params.some(param => param.name === name)) throw new RangeError(`${fullName} takes no '${name}'`);
  }
  const last = params.findLastIndex(param => given[param.name] !== undefined);
  const count = Math.max(last + 1, message.requiredParams);
  return params.slice(0, count).map(param => {
    const value = given[param.name] ?? param.default;
    if (value === undefined) throw new RangeError(`${fullName} needs '${param.name}'`);
    return value;
  });
};

/** Canonical parameters in order, for XML-RPC's serializer. */
export const encodeXmlParams = (message: MessageModel, ordered: readonly unknown[], schema: Schema): readonly unknown[] =>
  ordered.map((value, index) => {
    const type = message.params[index]?.type;
    return type ? encodeXml(type, value, schema) : value;
  });

/** A canonical result as JSON carries it. */
export const encodeJsonResult = (message: MessageModel, value: unknown): unknown => encodeJson(message.result, value);

/** A canonical result for XML-RPC's serializer. */
export const encodeXmlResult = (message: MessageModel, value: unknown, schema: Schema): unknown => encodeXml(message.result, value, schema);
