// A connection to xenstored: reading, writing, watching. Answers come in any order and are matched by their number; watches are told in the order in
// which the daemon saw the changes. A watch fires once when it is set, as the protocol has it.

import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../../wire/protocol-error.ts';
import {
  childNames,
  directoryPart,
  encodeRequest,
  errorCode,
  isPath,
  watchEvent,
  type XenstoreMessage,
  type XenstoreRequest,
  XenstoreSplitter,
} from '../../../wire/xenstore.ts';
import { DriverError, type DriverErrorKind } from '../../hypervisor.ts';

/** The daemon does one thing at a time, for all domains and every tool: where much goes on, an answer takes its time. */
const ANSWER_TIMEOUT_MS = 60_000;
const MAX_PENDING = 4096;
/** A directory that changes while it is read in parts is read again from its start, so often. */
const DIRECTORY_TRIES = 3;

const KINDS: Readonly<Record<string, DriverErrorKind>> = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  EINVAL: 'bad-config',
  EACCES: 'unsupported',
  EPERM: 'unsupported',
  ENOSPC: 'no-space',
  EQUOTA: 'no-space',
};

/** The daemon refused a request; `code` as it said it. */
export class XenstoreError extends DriverError {
  readonly code: string;
  constructor(code: string, tried: string) {
    super(KINDS[code] ?? 'failed', `${tried}: the store says ${code}`);
    this.name = 'XenstoreError';
    this.code = code;
  }
}

interface Pending {
  readonly tried: string;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

const isMissing = (error: unknown): boolean => error instanceof XenstoreError && error.code === 'ENOENT';

export class Xenstore {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #stream: Duplex;
  readonly #splitter = new XenstoreSplitter();
  readonly #pending = new Map<number, Pending>();
  readonly #watches = new Map<string, (path: string) => void>();
  #nextId = 1;
  #isClosed = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    stream.on('data', (piece: Uint8Array) => this.#receive(piece));
    stream.on('error', () => stream.destroy());
    stream.on('end', () => stream.destroy());
    stream.on('close', () => {
      this.#isClosed = true;
      for (const { reject, tried } of this.#pending.values()) reject(lost(tried));
      this.#pending.clear();
      this.#watches.clear();
      resolve();
    });
  }

  /** The value, or undefined where there is none. */
  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#ask('read', [path]);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The value as text, for what Xen itself wrote. */
  async readText(path: string): Promise<string | undefined> {
    const value = await this.read(path);
    return value && Buffer.from(value).toString('utf8');
  }

  /** Names of the children, at most `most` of them; none where there is no such node. */
  async list(path: string, most = 1000): Promise<readonly string[]> {
    try {
      return childNames(await this.#ask('directory', [path])).slice(0, most);
    } catch (error) {
      if (isMissing(error)) return [];
      // What does not fit into one message comes in parts.
      if (error instanceof XenstoreError && error.code === 'E2BIG') return this.#listInParts(path, most);
      throw error;
    }
  }

  async #listInParts(path: string, most: number): Promise<readonly string[]> {
    for (let tries = 0; tries < DIRECTORY_TRIES; tries++) {
      const names = await this.#listOnce(path, most);
      if (names !== undefined) return names;
    }
    throw new DriverError('failed', `${path} changes faster than it can be read`);
  }

  /** Undefined when the directory changed meanwhile. */
  async #listOnce(path: string, most: number): Promise<readonly string[] | undefined> {
    const names: string[] = [];
    let offset = 0;
    let generation: string | undefined;
    for (;;) {
      const part = directoryPart(await this.#ask('directory-part', [path, String(offset)]));
      if (part.generation !== (generation ??= part.generation)) return undefined;
      names.push(...part.names);
      offset += part.lengthBytes;
      if (part.isLast || part.lengthBytes === 0 || names.length >= most) return names.slice(0, most);
    }
  }

  async write(path: string, value: string): Promise<void> {
    await this.#ask('write', [path], Buffer.from(value));
  }

  /** Idempotent. */
  async remove(path: string): Promise<void> {
    try {
      await this.#ask('remove', [path]);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Calls `listener` with the path that changed: at once, and whenever something at or below `path` does. Returns what ends it. */
  async watch(path: string, listener: (path: string) => void): Promise<() => Promise<void>> {
    const token = String(this.#nextId++);
    this.#watches.set(token, listener);
    try {
      await this.#ask('watch', [path, token]);
    } catch (error) {
      this.#watches.delete(token);
      throw error;
    }
    return async () => {
      if (!this.#watches.delete(token) || this.#isClosed) return;
      await this.#ask('unwatch', [path, token]);
    };
  }

  /** Resolves with the first answer of `ask` that is not undefined; asks at once and after each change at or below `path`. */
  async until<T>(path: string, ask: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
    let changed = Promise.withResolvers<void>();
    const wake = (): void => changed.resolve();
    signal.addEventListener('abort', wake, { once: true });
    void this.closed.then(wake);
    const stop = await this.watch(path, wake);
    try {
      for (;;) {
        signal.throwIfAborted();
        if (this.#isClosed) throw lost(`waiting for ${path}`);
        const answer = await ask();
        if (answer !== undefined) return answer;
        await changed.promise;
        changed = Promise.withResolvers<void>();
      }
    } finally {
      signal.removeEventListener('abort', wake);
      await stop();
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  async #ask(kind: XenstoreRequest, words: readonly string[], value?: Uint8Array): Promise<Uint8Array> {
    const [path = ''] = words;
    const tried = `${kind} ${path.slice(0, 200)}`;
    if (!isPath(path)) throw new DriverError('bad-config', `${tried}: this is no path in the store`);
    if (this.#isClosed) throw lost(tried);
    if (this.#pending.size >= MAX_PENDING) throw new DriverError('failed', `${tried}: too many requests wait for the store`);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const timer = setTimeout(() => reject(new DriverError('timeout', `${tried}: the store does not answer`)), ANSWER_TIMEOUT_MS);
    this.#pending.set(id, { tried, resolve, reject });
    try {
      this.#stream.write(encodeRequest(kind, id, words, value));
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  #receive(piece: Uint8Array): void {
    try {
      for (const message of this.#splitter.push(piece)) this.#handle(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#stream.destroy(error);
    }
  }

  #handle({ kind, requestId, payload }: XenstoreMessage): void {
    if (kind === 'watch-event') {
      const { path, token } = watchEvent(payload);
      this.#watches.get(token)?.(path);
      return;
    }
    const pending = this.#pending.get(requestId);
    if (kind === 'error') pending?.reject(new XenstoreError(errorCode(payload), pending.tried));
    else pending?.resolve(payload);
  }
}

const lost = (tried: string): DriverError => new DriverError('unreachable', `${tried}: the connection to xenstored has ended`);
