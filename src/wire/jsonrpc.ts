// JSON-RPC 1.0 and 2.0, server's and client's side. A request is 2.0 if it says so and 1.0 otherwise; it always has an id, a text or a
// number. Batches are not part of this API.
//
// Requests come from strangers: the nesting is measured before JSON.parse sees the text.

import { decodeUtf8, ProtocolError } from './protocol-error.ts';

export { ProtocolError } from './protocol-error.ts';

export const MAX_JSON_DEPTH = 64;

export interface JsonRequest {
  readonly version: '1.0' | '2.0';
  readonly id: string | number;
  readonly method: string;
  /** In order. Parameters that came by name are one parameter, an object, as they always were. */
  readonly params: readonly unknown[];
}

/** Throws ProtocolError. */
export const parseJsonRequest = (body: string | Uint8Array): JsonRequest => {
  const request = parseJson(typeof body === 'string' ? body : decodeUtf8(body));
  if (typeof request !== 'object' || request === null || Array.isArray(request)) throw new ProtocolError('a request is one JSON object');
  const { jsonrpc, id, method, params = [] }: { jsonrpc?: unknown; id?: unknown; method?: unknown; params?: unknown } = request;
  if (typeof id !== 'string' && !(typeof id === 'number' && Number.isSafeInteger(id))) {
    throw new ProtocolError("'id' must be a text or an integer");
  }
  if (typeof method !== 'string') throw new ProtocolError("'method' must be a text");
  return { version: jsonrpc === '2.0' ? '2.0' : '1.0', id, method, params: Array.isArray(params) ? params : [params] };
};

/** JSON of bounded depth. Throws ProtocolError. */
export const parseJson = (text: string): unknown => {
  checkDepth(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProtocolError('the text is not JSON', undefined, { cause: error });
  }
};

const checkDepth = (text: string): void => {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > MAX_JSON_DEPTH) throw new ProtocolError(`nested deeper than ${MAX_JSON_DEPTH}`, at);
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      default:
    }
  }
};

/** Place of the quote that ends the string which begins at `at`; the end of the text if there is none. */
const endOfString = (text: string, at: number): number => {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text.charCodeAt(before) === 0x5c) before--;
    if ((quote - before) % 2 === 1) return quote;
  }
  return text.length;
};

/** The answer to a call that went well; `result` as JSON carries it. */
export const jsonSuccess = (request: JsonRequest, result: unknown): string =>
  jsonSuccessText(request, JSON.stringify(result === undefined ? '' : result));

/** The same where the result is JSON already. */
export const jsonSuccessText = ({ version, id }: JsonRequest, result: string): string =>
  version === '2.0'
    ? `{"jsonrpc":"2.0","result":${result},"id":${JSON.stringify(id)}}`
    : `{"result":${result},"error":null,"id":${JSON.stringify(id)}}`;

/** The answer to one that did not: the code, then its parameters. */
export const jsonFailure = (request: JsonRequest, description: readonly string[]): string => {
  const [message = '', ...data] = description;
  return JSON.stringify(
    request.version === '2.0'
      ? { jsonrpc: '2.0', error: { code: 1, message, data }, id: request.id }
      : { result: null, error: description, id: request.id },
  );
};

export const jsonCall = (method: string, params: readonly unknown[], id: number): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params, id });

export type JsonAnswer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly description: readonly string[] };

/** An answer of either version. Throws ProtocolError if the text is none. */
export const parseJsonAnswer = (text: string): JsonAnswer => {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new ProtocolError('the answer is not JSON', undefined, { cause: error });
  }
  if (typeof answer !== 'object' || answer === null) throw new ProtocolError('the answer is no JSON object');
  const { error, result }: { error?: unknown; result?: unknown } = answer;
  if (error !== undefined && error !== null) return { kind: 'failure', description: descriptionOf(error) };
  if (!('result' in answer)) throw new ProtocolError('the answer has neither result nor error');
  return { kind: 'value', value: result };
};

const descriptionOf = (error: unknown): readonly string[] => {
  if (Array.isArray(error)) return error.map(String);
  if (typeof error !== 'object' || error === null) throw new ProtocolError('the error of the answer has no code');
  const { message, data }: { message?: unknown; data?: unknown } = error;
  if (typeof message !== 'string') throw new ProtocolError('the error of the answer has no code');
  return [message, ...(Array.isArray(data) ? data.map(String) : [])];
};
