// JSON-RPC 1.0 and 2.0 over POST. A call that can be answered at once is answered in the same turn of the event loop.

import { type JsonRequest, jsonFailure, jsonSuccessText, ProtocolError, parseJsonRequest } from '../../wire/jsonrpc.ts';
import type { Answer } from '../dispatch/answer.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import { jsonText } from '../dispatch/values.ts';
import { failureOf } from './failure.ts';
import { sendPage } from './pages.ts';
import { sendReply } from './reply.ts';
import type { Exchange, Face } from './server.ts';

const CONTENT_TYPE = 'application/json';

export const jsonFace = (dispatcher: Dispatcher, maxBodyBytes: number): Face => ({
  maxBodyBytes,
  answer(body, exchange) {
    let request: JsonRequest;
    try {
      request = parseJsonRequest(body);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return sendPage(exchange.response, 500, error.message);
    }
    try {
      const { caller, signal } = exchange;
      const answer = dispatcher.call({ caller, method: request.method, params: request.params, signal });
      if (answer instanceof Promise)
        answer.then(value => succeed(exchange, request, value)).catch((error: unknown) => fail(exchange, request, error));
      else succeed(exchange, request, answer);
    } catch (error) {
      fail(exchange, request, error);
    }
  },
});

const succeed = ({ response }: Exchange, request: JsonRequest, answer: Answer): void =>
  sendReply(response, CONTENT_TYPE, jsonSuccessText(request, jsonText(answer)));

const fail = ({ response }: Exchange, request: JsonRequest, error: unknown): void => {
  const description = failureOf(error);
  if (description !== undefined) sendReply(response, CONTENT_TYPE, jsonFailure(request, description));
};
