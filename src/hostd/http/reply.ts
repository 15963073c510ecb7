// Sends an API reply. The headers are those XenAPI clients have always been sent.

import type { ServerResponse } from 'node:http';

export const sendReply = (response: ServerResponse, contentType: string, text: string): void => {
  if (response.destroyed) return;
  const body = Buffer.from(text);
  response.writeHead(200, {
    'content-length': String(body.length),
    connection: connectionHeader(response),
    'cache-control': 'no-cache, no-store',
    'content-type': contentType,
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': 'X-Requested-With',
  });
  response.end(body);
};

/** Kept alive unless the client or a stop of this server wants otherwise. */
export const connectionHeader = (response: ServerResponse): 'keep-alive' | 'close' => (response.shouldKeepAlive ? 'keep-alive' : 'close');
