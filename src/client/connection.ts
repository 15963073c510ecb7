// One keep-alive connection: a request, its response, the next request. Works on any socket (unix, TCP, TLS).
// Loading node:http for this would cost a command more than the whole exchange over the local socket.

import { ConnectionError } from './errors.ts';
import type { ByteStream } from './stream.ts';
import { HttpReader, type HttpResponse, HttpSyntaxError } from './http-reader.ts';

export interface HttpRequest {
  readonly method: 'POST' | 'GET' | 'CONNECT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Exchange {
  readonly reader: HttpReader;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (reason: unknown) => void;
}

export class HttpConnection {
  readonly #stream: ByteStream;
  readonly #server: string;
  #exchange: Exchange | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #open = true;

  /** Takes over `stream`, which is connected. `server` is its name in messages. */
  constructor(stream: ByteStream, server: string) {
    this.#stream = stream;
    this.#server = server;
    stream.listen({ data: bytes => this.#read(bytes), end: () => this.#ended(), closed: error => this.#fail(this.#lost(error)) });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Sends one request and resolves with its response. Rejects with ConnectionError, or with the signal's reason; both end the connection. */
  async request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    signal?.throwIfAborted();
    if (!this.#open) throw this.#lost();
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    this.#exchange = { reader: new HttpReader({ connect: request.method === 'CONNECT' }), resolve, reject };
    const abort = (): void => this.#fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      this.#stream.write(headOf(request) + request.body);
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Gives the stream away after a CONNECT; `rest` are bytes that came behind the answer. The taker listens. */
  detach(): { readonly stream: ByteStream; readonly rest: Buffer } {
    this.#open = false;
    return { stream: this.#stream, rest: this.#rest };
  }

  close(): void {
    this.#open = false;
    this.#stream.end();
  }

  /** Ends the connection at once; a request that is on its way is rejected. */
  abandon(): void {
    this.#fail(this.#lost());
  }

  #read(bytes: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    try {
      const response = exchange.reader.push(bytes);
      if (response !== undefined) this.#answer(exchange, response);
    } catch (error) {
      this.#fail(
        error instanceof HttpSyntaxError ? new ConnectionError('not-xenapi', this.#server, error.message, { cause: error }) : error,
      );
    }
  }

  #ended(): void {
    const exchange = this.#exchange;
    const response = exchange?.reader.end();
    if (exchange !== undefined && response !== undefined) this.#answer(exchange, response);
    this.#fail(this.#lost());
  }

  #answer(exchange: Exchange, response: HttpResponse): void {
    this.#exchange = undefined;
    this.#rest = exchange.reader.rest;
    if (!response.keepAlive) this.#open = false;
    exchange.resolve(response);
  }

  #fail(reason: unknown): void {
    this.#open = false;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#stream.destroy();
    exchange?.reject(reason);
  }

  #lost(cause?: unknown): ConnectionError {
    return new ConnectionError('lost', this.#server, 'the connection to the server was lost', { cause });
  }
}

const headOf = (request: HttpRequest): string => {
  const headers = Object.entries({ ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) });
  return `${request.method} ${request.path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
};
