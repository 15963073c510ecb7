// The content of one NBD export on a socket of this host, open to this process: for files that have to pass through it anyway.

import { connect, type Socket } from 'node:net';
import { encodeGo, encodeNbdRequest, type NbdCommand, type NbdMessage, NbdSplitter } from '../../../wire/nbd.ts';
import { DriverError } from '../../hypervisor.ts';
import type { CopyTarget } from '../../storage.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const ENOSPC = 28;

interface Pending {
  readonly dataBytes: number;
  readonly resolve: (data: Buffer) => void;
  readonly reject: (reason: unknown) => void;
}

export interface NbdContent {
  readonly sizeBytes: number;
  read(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
  /** The bytes may be used again when it resolves. */
  write(offsetBytes: number, bytes: Uint8Array): Promise<void>;
  /** What was written is durable when it resolves. */
  flush(): Promise<void>;
  /** Requests under way are rejected. */
  close(): void;
}

const failure = (error: number): DriverError =>
  error === ENOSPC
    ? new DriverError('no-space', 'the storage is full')
    : new DriverError('failed', `the disk cannot be read or written (error ${error})`);

class NbdConnection implements NbdContent {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #splitter = new NbdSplitter(cookie => this.#pending.get(cookie)?.dataBytes ?? 0);
  readonly #opened = Promise.withResolvers<void>();
  #lastCookie = 0;
  #lost: unknown;
  sizeBytes = 0;

  constructor(socket: Socket, exportName: string) {
    this.#socket = socket;
    socket.on('data', piece => {
      try {
        for (const message of this.#splitter.push(piece)) this.#take(message, exportName);
      } catch (error) {
        this.#lose(error);
      }
    });
    socket.on('error', error => this.#lose(new DriverError('unreachable', `the export does not answer: ${error.message}`)));
    socket.on('close', () => this.#lose(new DriverError('unreachable', 'the export has ended')));
  }

  async opened(): Promise<void> {
    const timer = setTimeout(() => this.#lose(new DriverError('timeout', 'the export does not answer in time')), CONNECT_TIMEOUT_MS);
    try {
      await this.#opened.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #take(message: NbdMessage, exportName: string): void {
    switch (message.kind) {
      case 'greeting':
        this.#socket.write(encodeGo(exportName));
        return;
      case 'export':
        this.sizeBytes = message.sizeBytes;
        return;
      case 'ready':
        this.#opened.resolve();
        return;
      case 'refused':
        this.#lose(new DriverError('not-found', `the export is refused: ${message.reason}`));
        return;
      case 'reply': {
        const pending = this.#pending.get(message.cookie);
        this.#pending.delete(message.cookie);
        if (message.error === 0) pending?.resolve(message.data);
        else pending?.reject(failure(message.error));
        return;
      }
      default:
        message satisfies never;
    }
  }

  #lose(reason: unknown): void {
    this.#lost ??= reason;
    this.#opened.reject(this.#lost);
    for (const pending of this.#pending.values()) pending.reject(this.#lost);
    this.#pending.clear();
    this.#socket.destroy();
  }

  #request(command: NbdCommand, offsetBytes: number, lengthBytes: number, data?: Uint8Array): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    if (this.#lost !== undefined) {
      reject(this.#lost);
      return promise;
    }
    this.#lastCookie += 1;
    this.#pending.set(this.#lastCookie, { dataBytes: command === 'read' ? lengthBytes : 0, resolve, reject });
    this.#socket.write(encodeNbdRequest(command, this.#lastCookie, offsetBytes, lengthBytes));
    if (data !== undefined) this.#socket.write(data);
    return promise;
  }

  read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    return this.#request('read', offsetBytes, lengthBytes);
  }

  async write(offsetBytes: number, bytes: Uint8Array): Promise<void> {
    await this.#request('write', offsetBytes, bytes.byteLength, bytes);
  }

  async flush(): Promise<void> {
    await this.#request('flush', 0, 0);
  }

  close(): void {
    if (this.#lost === undefined) this.#socket.write(encodeNbdRequest('disconnect', 0, 0, 0));
    this.#lose(new DriverError('cancelled', 'the export was closed'));
  }
}

export const openNbdContent = async (target: CopyTarget): Promise<NbdContent> => {
  const socket = target.kind === 'nbd' ? connect(target.port, target.host) : connect(target.path);
  const connection = new NbdConnection(socket, target.exportName);
  await connection.opened();
  return connection;
};
