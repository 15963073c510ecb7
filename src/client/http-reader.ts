// Reads HTTP/1.1 responses out of bytes, without a socket: bytes in, responses out. Content-Length, chunked and until-close bodies.
// The state is the unread tail and the body read so far; both are bounded.

export interface HttpResponse {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; of a repeated header the last one. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Whether the server keeps the connection for another request. */
  readonly keepAlive: boolean;
}

/** The peer does not speak HTTP/1.x as it should. */
export class HttpSyntaxError extends Error {
  override readonly name = 'HttpSyntaxError';
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 1024 * 1024 * 1024;
const MAX_CHUNK_LINE_BYTES = 1024;
const EMPTY = Buffer.alloc(0);

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly keepAlive: boolean;
}
type Framing =
  | { kind: 'length'; left: number }
  | { kind: 'chunk'; left: number }
  | { kind: 'chunk-line' | 'chunk-end' | 'trailer' | 'until-close' };

export class HttpReader {
  #tail: Buffer = EMPTY;
  #head: Head | undefined;
  #framing: Framing = { kind: 'until-close' };
  #parts: Buffer[] = [];
  #bodyBytes = 0;
  readonly #isConnect: boolean;

  /** `connect`: a 2xx answer ends at its head, what follows is no longer HTTP. */
  constructor(options: { readonly connect?: boolean } = {}) {
    this.#isConnect = options.connect ?? false;
  }

  /** Bytes that follow the response just returned. */
  get rest(): Buffer {
    return this.#tail;
  }

  /** Takes the next bytes; returns the response when it is whole. Throws HttpSyntaxError. */
  push(bytes: Buffer): HttpResponse | undefined {
    this.#tail = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    while (this.#head === undefined) {
      const head = this.#takeHead();
      if (head === undefined) return undefined;
      // 1xx answers are steps on the way, not the answer.
      if (head.status >= 200) this.#head = head;
    }
    return this.#takeBody(this.#head);
  }

  /** The peer closed: returns the response if that is how its body ends. */
  end(): HttpResponse | undefined {
    return this.#head !== undefined && this.#framing.kind === 'until-close' ? this.#finish(this.#head) : undefined;
  }

  #takeHead(): Head | undefined {
    const end = this.#tail.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#tail.length > MAX_HEAD_BYTES) throw new HttpSyntaxError('the head of the response is too long');
      return undefined;
    }
    const [statusLine = '', ...lines] = this.#tail.toString('latin1', 0, end).split('\r\n');
    this.#tail = this.#tail.subarray(end + 4);
    const match = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/.exec(statusLine);
    if (match === null) throw new HttpSyntaxError('the peer does not answer in HTTP');
    const headers = new Map(lines.map(headerOf));
    const connection = headers.get('connection')?.toLowerCase();
    const keepAlive = match[1] === '1' ? connection !== 'close' : connection === 'keep-alive';
    const status = Number(match[2]);
    const head: Head = { status, reason: match[3] ?? '', headers, keepAlive: keepAlive && !this.#endsAtClose(status, headers) };
    this.#framing = this.#framingOf(status, headers);
    return head;
  }

  #framingOf(status: number, headers: ReadonlyMap<string, string>): Framing {
    if (status < 200 || status === 204 || status === 304 || (this.#isConnect && status < 300)) return { kind: 'length', left: 0 };
    if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return { kind: 'chunk-line' };
    const length = headers.get('content-length');
    if (length === undefined) return { kind: 'until-close' };
    if (!/^\d{1,15}$/.test(length)) throw new HttpSyntaxError('the length of the response is no number');
    return { kind: 'length', left: this.#bounded(Number(length)) };
  }

  #endsAtClose(status: number, headers: ReadonlyMap<string, string>): boolean {
    return this.#framingOf(status, headers).kind === 'until-close';
  }

  #takeBody(head: Head): HttpResponse | undefined {
    for (;;) {
      const framing = this.#framing;
      switch (framing.kind) {
        case 'until-close':
          this.#takePart(this.#tail.length);
          return undefined;
        case 'length':
          framing.left -= this.#takePart(framing.left);
          return framing.left === 0 ? this.#finish(head) : undefined;
        case 'chunk':
          framing.left -= this.#takePart(framing.left);
          if (framing.left > 0) return undefined;
          this.#framing = { kind: 'chunk-end' };
          break;
        case 'chunk-end':
        case 'chunk-line':
        case 'trailer': {
          const line = this.#takeLine();
          if (line === undefined) return undefined;
          if (this.#afterLine(framing.kind, line)) return this.#finish(head);
          break;
        }
        default:
          framing satisfies never;
      }
    }
  }

  /** Moves on after a line of the chunked framing; true when the body is whole. */
  #afterLine(kind: 'chunk-end' | 'chunk-line' | 'trailer', line: string): boolean {
    if (kind === 'trailer') return line === '';
    if (kind === 'chunk-end') {
      if (line !== '') throw new HttpSyntaxError('a chunk is longer than it says');
      this.#framing = { kind: 'chunk-line' };
      return false;
    }
    const size = /^([0-9a-fA-F]{1,12})\s*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new HttpSyntaxError('a chunk has no length');
    const left = Number.parseInt(size, 16);
    this.#framing = left === 0 ? { kind: 'trailer' } : { kind: 'chunk', left: this.#bounded(left) };
    return false;
  }

  #takeLine(): string | undefined {
    const end = this.#tail.indexOf('\r\n');
    if (end < 0) {
      if (this.#tail.length > MAX_CHUNK_LINE_BYTES) throw new HttpSyntaxError('a line between chunks is too long');
      return undefined;
    }
    const line = this.#tail.toString('latin1', 0, end);
    this.#tail = this.#tail.subarray(end + 2);
    return line;
  }

  #takePart(upTo: number): number {
    const part = this.#tail.subarray(0, upTo);
    this.#tail = this.#tail.subarray(part.length);
    if (part.length > 0) {
      this.#bodyBytes += part.length;
      this.#bounded(0);
      this.#parts.push(part);
    }
    return part.length;
  }

  #bounded(more: number): number {
    if (this.#bodyBytes + more > MAX_BODY_BYTES) throw new HttpSyntaxError('the response is too long');
    return more;
  }

  #finish(head: Head): HttpResponse {
    const body = this.#parts.length === 1 ? (this.#parts[0] ?? EMPTY) : Buffer.concat(this.#parts);
    this.#head = undefined;
    this.#parts = [];
    this.#bodyBytes = 0;
    return { ...head, body };
  }
}

const headerOf = (line: string): readonly [string, string] => {
  const colon = line.indexOf(':');
  if (colon < 1) throw new HttpSyntaxError('a header of the response has no name');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
};
