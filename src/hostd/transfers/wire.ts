// The two ends of a transfer over HTTP: a download is the body of a response. An upload is the body of a PUT, or what follows a PUT
// that asks to be upgraded: such a one may be of any length and take any time. The client hears first that the server is ready.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex, Writable } from 'node:stream';

export interface Download {
  /**
   * Sends the head and tells from which byte on the client wants the file. One whose length is not known ends with the connection, or as
   * chunks do. `version`: the file can be had in parts, as long as it has the same.
   */
  begin(totalBytes: number | undefined, name: string, version?: string): number;
  readonly stream: Writable;
}

export interface Upload {
  /** Tells the client to send. */
  begin(): void;
  readonly totalBytes: number | undefined;
  readonly body: AsyncIterable<Buffer>;
}

/** How a request is answered when there is nothing to transfer, or when all is done. */
export interface Exchange {
  /** Aborted when the client goes. */
  readonly signal: AbortSignal;
  refuse(status: string): void;
  done(): void;
}

/** Why an exchange was aborted: nobody waits for it any more. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

const lengthOf = (request: IncomingMessage): number | undefined => {
  const text = request.headers['content-length'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
};

const gone = (stream: Duplex | ServerResponse, isOver: () => boolean): AbortSignal => {
  const controller = new AbortController();
  stream.once('close', () => {
    if (!isOver()) controller.abort(new ClientLeft('the client is gone'));
  });
  return controller.signal;
};

/** Where the part begins that a client still wants, of a file that is the one it knows; 0: it gets all. */
const wantedFrom = (request: IncomingMessage, totalBytes: number, etag: string): number => {
  const [, from] = /^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '') ?? [];
  const start = from === undefined ? 0 : Number(from);
  const condition = request.headers['if-range'] ?? etag;
  return start < totalBytes && condition === etag ? start : 0;
};

export const downloadTo = (request: IncomingMessage, response: ServerResponse): Download & Exchange => ({
  signal: gone(response, () => response.writableFinished),
  stream: response,
  begin: (totalBytes, name, version) => {
    const etag = `"${version ?? ''}"`;
    const isWhole = totalBytes === undefined || version === undefined;
    const start = isWhole ? 0 : wantedFrom(request, totalBytes, etag);
    response.writeHead(start > 0 ? 206 : 200, {
      ...(totalBytes !== undefined && { 'content-length': String(totalBytes - start) }),
      ...(!isWhole && { 'accept-ranges': 'bytes', etag }),
      ...(start > 0 && { 'content-range': `bytes ${start}-${(totalBytes ?? 0) - 1}/${totalBytes ?? '*'}` }),
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-cache, no-store',
    });
    return start;
  },
  refuse: status => refuseWith(response, status),
  done: () => undefined,
});

const refuseWith = (response: ServerResponse, status: string): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.shouldKeepAlive = false;
  response.writeHead(Number(status.slice(0, 3)), { 'content-length': '0', connection: 'close' });
  response.end();
};

export const uploadFrom = (request: IncomingMessage, response: ServerResponse): Upload & Exchange => ({
  signal: gone(response, () => response.writableFinished),
  totalBytes: lengthOf(request),
  body: request,
  begin: () => {
    response.shouldKeepAlive = false;
    response.writeHead(200, { connection: 'close', 'cache-control': 'no-cache, no-store' });
    response.flushHeaders();
  },
  refuse: status => refuseWith(response, status),
  done: () => void response.end(),
});

/** Often enough for a person who waits; one byte each. */
const SIGN_OF_LIFE_MS = 5000;

export const upgradedUpload = (request: IncomingMessage, socket: Duplex, head: Buffer): Upload & Exchange => {
  let over = false;
  const totalBytes = lengthOf(request);
  // The client has closed its side when all is sent; that it has left meanwhile is noticed only by writing to it.
  let isBegun = false;
  const signs = setInterval(() => isBegun && socket.write('\n'), SIGN_OF_LIFE_MS);
  socket.once('close', () => clearInterval(signs));
  const finish = (last = ''): void => {
    over = true;
    clearInterval(signs);
    // A client that still sends would wait for ever to be read.
    socket.end(last, () => socket.destroy());
  };
  return {
    signal: gone(socket, () => over),
    totalBytes,
    body: upTo(totalBytes, head, socket),
    begin: () => {
      isBegun = true;
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncache-control: no-cache, no-store\r\n\r\n');
    },
    refuse: status => finish(isBegun ? '' : `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`),
    done: () => finish(),
  };
};

async function* upTo(totalBytes: number | undefined, head: Buffer, socket: Duplex): AsyncGenerator<Buffer> {
  let left = totalBytes ?? Number.POSITIVE_INFINITY;
  const part = (chunk: Buffer): Buffer => {
    const taken = chunk.subarray(0, left);
    left -= taken.length;
    return taken;
  };
  if (head.length > 0) yield part(head);
  if (left <= 0) return;
  // The socket is still needed for the answer.
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    yield part(Buffer.from(chunk));
    if (left <= 0) return;
  }
}
