// One listener of the API: node's HTTP server on a unix socket, TLS or plain TCP, with our limits, and the few addresses it knows.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../lib/logger.ts';
import { type Caller, ClientGone } from '../dispatch/answer.ts';
import type { HostCertificate } from '../tls.ts';
import { type BodyBudget, readBody } from './body.ts';
import type { HttpLimits } from './limits.ts';
import { sendPage, sendWelcome } from './pages.ts';
import type { Transfers } from '../transfers/serve.ts';
import { connectionHeader } from './reply.ts';

/** A protocol that takes whole bodies by POST. */
export interface Face {
  readonly maxBodyBytes: number;
  /** Answers, now or later; `signal` is aborted when the client goes. Never throws. */
  answer(body: Buffer, exchange: Exchange): void;
}

export interface Exchange {
  readonly caller: Caller;
  readonly response: ServerResponse;
  readonly signal: () => AbortSignal;
}

export interface HttpContext {
  readonly kind: Caller['transport'];
  readonly certificate?: HostCertificate;
  readonly limits: HttpLimits;
  readonly budget: BodyBudget;
  readonly faces: ReadonlyMap<string, Face>;
  /** CONNECT requests: consoles. */
  readonly connect: (request: IncomingMessage, socket: Duplex, caller: Caller) => void;
  /** Whole files. */
  readonly transfers: Transfers;
  readonly isStopping: () => boolean;
  /** Whether callers from outside are let in: not on a host that has given its management up. */
  readonly isRemoteOpen: () => boolean;
  /** Replies that are not out yet, of all listeners. */
  readonly live: Set<ServerResponse>;
  readonly log: Logger;
}

interface Connection {
  readonly caller: Caller;
  inFlight: number;
}

export const createHttpServer = (context: HttpContext): Server => {
  const { limits, kind } = context;
  const connections = new WeakMap<object, Connection>();
  const connectionOf = (socket: Socket): Connection => {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const made: Connection = { caller: callerOf(kind, socket), inFlight: 0 };
    connections.set(socket, made);
    return made;
  };
  const listener: RequestListener = (request, response) => {
    if (kind !== 'unix' && !context.isRemoteOpen()) return void request.socket.destroy();
    const connection = connectionOf(request.socket);
    if (context.isStopping()) return sendPage(response, 503);
    if (connection.inFlight >= limits.inFlight) return sendPage(response, 503, 'too many requests at once on one connection');
    connection.inFlight += 1;
    context.live.add(response);
    response.on('close', () => {
      connection.inFlight -= 1;
      context.live.delete(response);
    });
    handle(context, withOptions(connection.caller, request), request, response);
  };
  const options: ServerOptions = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.requestTimeoutMs, 10_000),
    // Whole files take as long as they take; the bodies of calls are watched by themselves.
    requestTimeout: 0,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(limits.requestTimeoutMs, 5000),
    noDelay: true,
  };
  const { certificate } = context;
  const server =
    certificate === undefined
      ? createServer(options, listener)
      : createTlsServer(
          { ...options, key: certificate.keyPem, cert: certificate.certPem, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 },
          listener,
        );
  // Known from its first moment: whether it is older than a change of the network depends on it.
  server.on(certificate === undefined ? 'connection' : 'secureConnection', (socket: Socket) => void connectionOf(socket));
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 64;
  server.timeout = 0;
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    context.connect(request, socket, callerOf(kind, request.socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    context.transfers.upgrade(request, socket, head, callerOf(kind, request.socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    context.log.debug('a client was not understood', { code: error.code });
    if (socket.writable && error.code !== 'ECONNRESET')
      socket.end(`HTTP/1.1 ${clientErrorStatus(error.code)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    else socket.destroy();
  });
  return server;
};

const clientErrorStatus = (code: string | undefined): string => {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
};

const callerOf = (kind: Caller['transport'], socket: Socket): Caller => {
  if (kind === 'unix') return { transport: kind, source: 'local', isTrusted: true };
  const { remoteAddress = 'unknown', localAddress = '' } = socket;
  return { transport: kind, source: remoteAddress, isTrusted: false, visitor: { localAddress, remoteAddress, connectedAt: Date.now() } };
};

/** Seconds; what is no number counts for nothing. */
const CONFIRM_HEADER = 'x-xcp-confirm-timeout';

const withOptions = (caller: Caller, request: IncomingMessage): Caller => {
  const seconds = Number(request.headers[CONFIRM_HEADER]);
  return seconds > 0 ? { ...caller, confirmTimeoutMs: seconds * 1000 } : caller;
};

const handle = (context: HttpContext, caller: Caller, request: IncomingMessage, response: ServerResponse): void => {
  const path = pathOf(request.url ?? '/');
  const face = context.faces.get(path);
  const { method } = request;
  if (method === 'POST' && face !== undefined) return post(context, caller, face, request, response);
  if (context.transfers.request(request, response, caller)) return;
  if (method === 'OPTIONS' && face !== undefined) return allowOrigins(response);
  if (path === '/' && (method === 'GET' || method === 'HEAD')) {
    // A browser gets a page; other programs hear what they always heard here.
    return request.headers.accept?.includes('text/html') === true ? sendWelcome(response) : sendPage(response, 403);
  }
  sendPage(response, face === undefined ? 404 : 405);
};

const pathOf = (url: string): string => {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
};

const post = (context: HttpContext, caller: Caller, face: Face, request: IncomingMessage, response: ServerResponse): void => {
  readBody(request, face.maxBodyBytes, context.budget, result => {
    if (result.kind === 'gone') return response.destroy();
    if (result.kind === 'refused') return sendPage(response, result.status);
    face.answer(result.body, { caller, response, signal: () => goneSignal(response) });
  });
};

/** Aborted when the connection closes before the answer was sent. */
const goneSignal = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  if (response.closed) controller.abort(new ClientGone());
  else response.once('close', () => !response.writableFinished && controller.abort(new ClientGone()));
  return controller.signal;
};

const allowOrigins = (response: ServerResponse): void => {
  response.writeHead(200, {
    'content-length': '0',
    connection: connectionHeader(response),
    'cache-control': 'no-cache, no-store',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Headers': 'content-type, X-Requested-With',
    'Access-Control-Allow-Methods': 'PUT',
  });
  response.end();
};
