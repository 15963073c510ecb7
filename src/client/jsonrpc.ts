// JSON-RPC 2.0 as a XenAPI client speaks it: one call, one answer.

import { XenError } from '../model/error.ts';

export interface RpcRequest {
  readonly method: string;
  /** In the order of the API, the session first where the message has one. */
  readonly params: readonly unknown[];
}

/** The answer is not one of JSON-RPC. */
export class RpcSyntaxError extends Error {
  override readonly name = 'RpcSyntaxError';
}

export const encodeCall = (request: RpcRequest): string =>
  JSON.stringify({ jsonrpc: '2.0', method: request.method, params: request.params, id: 1 });

/** The value of the answer. Throws XenError if the server refused, RpcSyntaxError if it is no answer at all. */
export const decodeAnswer = (body: string): unknown => {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    throw new RpcSyntaxError('the answer is not JSON', { cause: error });
  }
  if (typeof answer !== 'object' || answer === null) throw new RpcSyntaxError('the answer is no JSON object');
  if ('error' in answer && answer.error !== null && answer.error !== undefined) throw errorOf(answer.error);
  if (!('result' in answer)) throw new RpcSyntaxError('the answer has no result');
  return answer.result;
};

const errorOf = (error: unknown): Error => {
  if (Array.isArray(error)) return new XenError(String(error[0]), error.slice(1).map(String));
  if (typeof error !== 'object' || error === null || !('message' in error))
    return new RpcSyntaxError('the answer holds an error without a code');
  const params = 'data' in error && Array.isArray(error.data) ? error.data.map(String) : [];
  return new XenError(String(error.message), params);
};
