// Whole files from and to a server, over HTTP: a connection of its own for each, bytes passed on as fast as both sides take them.
// Requests are HTTP/1.0, so a body ends by its length or with the connection; redirects to another host of the pool are followed.

import type { Socket } from 'node:net';
import { addressText, parseAddress, type ServerAddress } from './address.ts';
import { ConnectionError, systemCode } from './errors.ts';
import type { TrustPolicy } from './trust.ts';

export interface FileTarget {
  readonly address: ServerAddress;
  /** Path and query. */
  readonly path: string;
  readonly trust?: TrustPolicy | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** The server does not do the transfer. */
export class TransferRefused extends Error {
  override readonly name = 'TransferRefused';
  readonly status: number;
  constructor(answer: Answer) {
    super(`${answer.status} ${answer.reason}`);
    this.status = answer.status;
  }
}

export interface Download {
  /** Of the whole file; undefined where the server does not say. */
  readonly totalBytes: number | undefined;
  /** Where in the file the body begins. */
  readonly startBytes: number;
  /** Names this state of the file, where the server gives out parts of it. */
  readonly etag: string | undefined;
  /** May be read once. Throws ConnectionError if the connection ends before the length that was told. */
  readonly body: AsyncIterable<Buffer>;
}

const MAX_REDIRECTS = 3;
const MAX_HEAD_BYTES = 64 * 1024;
const CONNECT_TIMEOUT_MS = 30_000;

/** Where a download goes on. */
export interface Continuation {
  readonly fromBytes: number;
  readonly etag: string;
}

/**
 * Opens the file for reading; from `fromBytes` on if it is still the same, else from its beginning. Rejects with TransferRefused,
 * ConnectionError or the signal's reason.
 */
export const download = async (target: FileTarget, goOn?: Continuation): Promise<Download> => {
  const part: Readonly<Record<string, string>> =
    goOn === undefined || goOn.fromBytes === 0 ? {} : { range: `bytes=${goOn.fromBytes}-`, 'if-range': goOn.etag };
  const { socket, answer, rest } = await request(target, 'GET', part);
  const length = answer.headers.get('content-length');
  const bodyBytes = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
  const [, from] = /^bytes (\d{1,15})-/.exec(answer.headers.get('content-range') ?? '') ?? [];
  const startBytes = answer.status === 206 ? Number(from ?? Number.NaN) : 0;
  if (Number.isNaN(startBytes) || (answer.status === 206 && startBytes !== goOn?.fromBytes)) {
    socket.destroy();
    throw new ConnectionError('not-xenapi', addressText(target.address), 'the server sends another part of the file than was asked for');
  }
  return {
    totalBytes: bodyBytes === undefined ? undefined : startBytes + bodyBytes,
    startBytes,
    etag: answer.headers.get('accept-ranges') === 'bytes' ? answer.headers.get('etag') : undefined,
    body: bodyOf(target, socket, rest, bodyBytes),
  };
};

/**
 * Sends `body` once the server is ready for it, and resolves when the server has taken all and closed. `totalBytes` undefined: the end
 * of our side of the connection ends the file. Rejects as above; what came of the file is told by its task.
 */
export const upload = async (target: FileTarget, body: AsyncIterable<Uint8Array>, totalBytes: number | undefined): Promise<void> => {
  // Servers of our own kind take a file of unknown length as a stream; others do not look at these words.
  const headers = totalBytes === undefined ? { connection: 'upgrade', upgrade: 'xcp-stream' } : { 'content-length': String(totalBytes) };
  const { socket } = await request(target, 'PUT', headers);
  try {
    socket.resume();
    const gone = closed(socket);
    for await (const chunk of body) {
      target.signal?.throwIfAborted();
      if (!socket.write(chunk)) await Promise.race([drained(socket), gone]);
      // A server that closes early has its reason, which the task tells.
      if (socket.destroyed || socket.writableEnded) break;
    }
    // A length says where the file ends; a server that saw our side close would take us for gone.
    if (totalBytes === undefined) socket.end();
    await gone;
  } finally {
    socket.destroy();
  }
};

interface Reply {
  readonly socket: Socket;
  readonly answer: Answer;
  /** What came behind the head. */
  readonly rest: Buffer;
}

const request = async (target: FileTarget, method: 'GET' | 'PUT', headers: Readonly<Record<string, string>>): Promise<Reply> => {
  let { address, path } = target;
  for (let hops = 0; ; hops += 1) {
    const socket = await openSocket({ ...target, address });
    try {
      const all = Object.entries({ host: address.kind === 'unix' ? 'localhost' : address.host, 'user-agent': 'xcp', ...headers });
      socket.write(`${method} ${path} HTTP/1.0\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      const reply = await readHead(target, socket);
      const { status } = reply.answer;
      if (status === 200 || status === 101 || status === 206) return reply;
      const next = status === 301 || status === 302 ? redirected(reply.answer, address, path) : undefined;
      if (next === undefined || hops >= MAX_REDIRECTS) throw new TransferRefused(reply.answer);
      socket.destroy();
      ({ address, path } = next);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }
};

const redirected = (answer: Answer, from: ServerAddress, path: string): { address: ServerAddress; path: string } | undefined => {
  const location = answer.headers.get('location');
  if (location === undefined || !URL.canParse(location, 'https://localhost')) return undefined;
  const url = new URL(location, 'https://localhost');
  const address = location.startsWith('/') ? from : parseAddress(`${url.protocol}//${url.host}`);
  // A server that sends us elsewhere may leave the query to us.
  return address && { address, path: `${url.pathname}${url.search === '' ? path.slice(path.indexOf('?')) : url.search}` };
};

const openSocket = async ({ address, trust, signal }: FileTarget): Promise<Socket> => {
  const signals = [signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)].filter(each => each !== undefined);
  try {
    const socket = await dial(address, trust, AbortSignal.any(signals));
    const abort = (): void => void socket.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    // Whoever reads or writes next hears of it; this only keeps it from ending the process.
    socket.on('error', () => undefined);
    socket.once('close', () => signal?.removeEventListener('abort', abort));
    return socket;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConnectionError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ConnectionError(systemCode(error) === 'ENOTFOUND' ? 'unknown-host' : 'refused', addressText(address), message, {
      cause: error,
    });
  }
};

const dial = async (address: ServerAddress, trust: TrustPolicy | undefined, signal: AbortSignal): Promise<Socket> => {
  if (address.kind !== 'tls') return await (await import('./socket.ts')).openPlainSocket(address, signal);
  if (trust === undefined) throw new ConnectionError('untrusted', addressText(address), 'no certificate can be accepted here');
  return await (await import('./tls.ts')).openTlsSocket(address, trust, signal);
};

const lost = (target: FileTarget, cause?: unknown): unknown => {
  if (target.signal?.aborted === true) return target.signal.reason;
  return new ConnectionError('lost', addressText(target.address), 'the connection to the server was lost', { cause });
};

const readHead = async (target: FileTarget, socket: Socket): Promise<Reply> => {
  let head = Buffer.alloc(0);
  for (;;) {
    const chunk = await nextChunk(target, socket);
    if (chunk === undefined) throw lost(target);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      const answer = parseHead(target, head.toString('latin1', 0, end));
      const rest = head.subarray(end + 4);
      // Servers may say first that they are ready, then what came of it.
      if (answer.status !== 100) return { socket, answer, rest };
      head = Buffer.from(rest);
    } else if (head.length > MAX_HEAD_BYTES) {
      throw new ConnectionError('not-xenapi', addressText(target.address), 'the head of the response is too long');
    }
  }
};

const parseHead = (target: FileTarget, text: string): Answer => {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const match = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(statusLine);
  if (match === null) throw new ConnectionError('not-xenapi', addressText(target.address), 'the peer does not answer in HTTP');
  const headers = lines.map((line): readonly [string, string] => {
    const colon = Math.max(0, line.indexOf(':'));
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(match[1]), reason: match[2] ?? '', headers: new Map(headers) };
};

/** The next bytes, or undefined at the end. */
const nextChunk = async (target: FileTarget, socket: Socket): Promise<Buffer | undefined> => {
  for (;;) {
    const chunk: unknown = socket.read();
    if (Buffer.isBuffer(chunk)) return chunk;
    if (socket.readableEnded) return undefined;
    if (socket.errored !== null || socket.destroyed) throw lost(target, socket.errored);
    await readable(socket);
  }
};

const once = (socket: Socket, events: readonly string[]): Promise<void> =>
  new Promise(resolve => {
    const settle = (): void => {
      for (const event of events) socket.removeListener(event, settle);
      resolve();
    };
    for (const event of events) socket.on(event, settle);
  });

const readable = (socket: Socket): Promise<void> => once(socket, ['readable', 'end', 'close', 'error']);
const drained = (socket: Socket): Promise<void> => once(socket, ['drain', 'close', 'error']);
const closed = (socket: Socket): Promise<void> => (socket.destroyed ? Promise.resolve() : once(socket, ['close']));

async function* bodyOf(target: FileTarget, socket: Socket, rest: Buffer, totalBytes: number | undefined): AsyncGenerator<Buffer> {
  let left = totalBytes ?? Number.POSITIVE_INFINITY;
  try {
    for (let chunk: Buffer | undefined = rest; chunk !== undefined && left > 0; chunk = await nextChunk(target, socket)) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) yield part;
    }
    if (totalBytes !== undefined && left > 0) throw lost(target);
  } finally {
    socket.destroy();
  }
}
