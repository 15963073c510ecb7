// XML-RPC for servers that have no JSON-RPC. Their values are texts where JSON has numbers, so the model of the class says what is what.

import { decodeValue, encodeXml, type Schema } from '../model/codec.ts';
import type { ClassModel } from '../model/index.ts';
import { isClassName, loadClass } from '../model/lazy.ts';
import type { Type } from '../model/types.ts';
import { XenError } from '../model/error.ts';
import { parseMethodResponse, serializeMethodCall } from '../wire/xmlrpc.ts';
import type { RpcRequest } from './jsonrpc.ts';

export { ProtocolError } from '../wire/protocol-error.ts';

const ASYNC_PREFIX = 'Async.';

/** The model of a method's message and the classes that its values speak of. */
const lookUp = async (method: string) => {
  const [cls = '', name = ''] = method.replace(ASYNC_PREFIX, '').split('.');
  const model = isClassName(cls) ? await loadClass(cls) : undefined;
  const message = model?.messages.get(name);
  const known = new Map<string, ClassModel>();
  for (const type of [...(message?.params.map(param => param.type) ?? []), ...(message === undefined ? [] : [message.result])]) {
    for (const record of recordsIn(type)) if (isClassName(record)) known.set(record, await loadClass(record));
  }
  const schema: Schema = each => known.get(each);
  return { message, schema, isAsync: method.startsWith(ASYNC_PREFIX) };
};

const recordsIn = (type: Type): readonly string[] => {
  switch (type.kind) {
    case 'record':
      return [type.cls];
    case 'set':
    case 'option':
      return recordsIn(type.of);
    case 'map':
      return recordsIn(type.value);
    default:
      return [];
  }
};

export const encodeXmlCall = async (request: RpcRequest): Promise<string> => {
  const { message, schema } = await lookUp(request.method);
  const skipped = message?.session === false ? 0 : 1;
  const params = request.params.map((value, i) => {
    const type = i < skipped ? undefined : message?.params[i - skipped]?.type;
    return type === undefined ? value : encodeXml(type, value, schema);
  });
  return serializeMethodCall(request.method, params);
};

/** The value of the answer. Throws XenError if the server refused, ProtocolError if it is no answer at all. */
export const decodeXmlAnswer = async (method: string, body: Buffer): Promise<unknown> => {
  const answer = parseMethodResponse(body.toString('utf8'));
  if (answer.kind === 'fault') throw new XenError('INTERNAL_ERROR', [answer.text]);
  const reply: Readonly<Record<string, unknown>> = Object(answer.value);
  if (reply['Status'] !== 'Success') {
    const description = Array.isArray(reply['ErrorDescription'])
      ? reply['ErrorDescription'].map(String)
      : ['INTERNAL_ERROR', 'no reason given'];
    throw new XenError(description[0] ?? 'INTERNAL_ERROR', description.slice(1));
  }
  const { message, schema, isAsync } = await lookUp(method);
  if (message === undefined || isAsync) return reply['Value'] ?? '';
  return decodeValue(message.result, reply['Value'] ?? '', { schema, lenient: true, path: method });
};
