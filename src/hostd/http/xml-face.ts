// XML-RPC over POST, as XenAPI clients have spoken it from the beginning.

import { ProtocolError, serializeFailure, serializeSuccess } from '../../wire/xmlrpc.ts';
import { parseMethodCall, type XmlCall } from '../../wire/xmlrpc-read.ts';
import { decodeUtf8 } from '../../wire/protocol-error.ts';
import type { Answer } from '../dispatch/answer.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import { xmlValue } from '../dispatch/values.ts';
import { failureOf } from './failure.ts';
import { sendPage } from './pages.ts';
import { sendReply } from './reply.ts';
import type { Exchange, Face } from './server.ts';

const CONTENT_TYPE = 'text/xml';

export const xmlFace = (dispatcher: Dispatcher, maxBodyBytes: number): Face => ({
  maxBodyBytes,
  answer(body, exchange) {
    let request: XmlCall;
    try {
      request = parseMethodCall(decodeUtf8(body));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return sendPage(exchange.response, 500, error.message);
    }
    try {
      const { caller, signal } = exchange;
      const answer = dispatcher.call({ caller, method: request.method, params: request.params, signal });
      if (answer instanceof Promise) answer.then(value => succeed(exchange, value)).catch((error: unknown) => fail(exchange, error));
      else succeed(exchange, answer);
    } catch (error) {
      fail(exchange, error);
    }
  },
});

const succeed = ({ response }: Exchange, answer: Answer): void => sendReply(response, CONTENT_TYPE, serializeSuccess(xmlValue(answer)));

const fail = ({ response }: Exchange, error: unknown): void => {
  const description = failureOf(error);
  if (description !== undefined) sendReply(response, CONTENT_TYPE, serializeFailure(description));
};
