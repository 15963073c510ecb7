// One connection to one of a guest's monitor sockets: commands with answers, and events.
//
// QEMU serves one client a socket, so every guest has two and both are negotiated early: only a connection that is negotiated already
// can carry an out-of-band command while QEMU's main loop is blocked. Events are not repeated by QEMU: whoever waits for one must
// ask for the state too, which `until` does in the right order.

import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { decodeMessage, encodeCommand, LineSplitter, type QmpMessage } from '../../../wire/qmp.ts';
import { DriverError } from '../../hypervisor.ts';
import { QmpError } from './errors.ts';

export type QmpEvent = Extract<QmpMessage, { kind: 'event' }>;

export interface CommandOptions {
  /** An abort stops waiting for the answer; the command itself may still take effect. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly outOfBand?: boolean;
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Connects to a unix socket; absent: one of this machine. */
  readonly open?: (path: string, signal: AbortSignal) => Promise<Duplex>;
}

interface Pending {
  readonly command: string;
  readonly resolve: (value: Json) => void;
  readonly reject: (error: unknown) => void;
}

const COMMAND_TIMEOUT_MS = 30_000;
const MAX_PENDING = 256;

const goneError = (): DriverError => new DriverError('not-found', 'the guest is gone: its monitor closed');

export class Monitor {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  readonly #splitter = new LineSplitter();
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  /** Who waits for events, to be woken by the end of the connection too. */
  readonly #wakers = new Set<() => void>();
  readonly #greeting = Promise.withResolvers<void>();
  #nextId = 1;
  #isClosed = false;
  #version = '';

  private constructor(socket: Duplex) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#greeting.promise.catch(() => undefined);
    socket.on('data', (piece: Uint8Array) => this.#receive(piece));
    // The end of the connection is told by 'close'; the reason does not matter, the guest's process is what counts.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#isClosed = true;
      this.#greeting.reject(goneError());
      for (const pending of this.#pending.values()) pending.reject(goneError());
      this.#pending.clear();
      this.#listeners.clear();
      for (const wake of this.#wakers) wake();
      resolve();
    });
  }

  /** Connects and negotiates. Rejects with DriverError `unreachable` or `timeout`; nothing is left then. */
  static async connect(path: string, options: ConnectOptions): Promise<Monitor> {
    const limit = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit;
    const monitor = new Monitor(await (options.open ?? openSocket)(path, signal));
    const onAbort = (): void => void monitor.#socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await monitor.#greeting.promise;
      await monitor.execute('qmp_capabilities', { enable: ['oob'] }, { timeoutMs: options.timeoutMs });
      return monitor;
    } catch (error) {
      monitor.close();
      options.signal?.throwIfAborted();
      if (limit.aborted) throw new DriverError('timeout', 'the guest does not answer on its monitor', { cause: error });
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get version(): string {
    return this.#version;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Rejects with QmpError when QEMU refuses, DriverError `not-found` when the guest is gone, `timeout` when it does not answer. */
  async execute(command: string, args: JsonObject = {}, options: CommandOptions = {}): Promise<Json> {
    options.signal?.throwIfAborted();
    if (this.#isClosed) throw goneError();
    if (this.#pending.size >= MAX_PENDING) throw new DriverError('failed', `${command}: too many commands wait for an answer`);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    const timeoutMs = options.timeoutMs ?? COMMAND_TIMEOUT_MS;
    const timer = setTimeout(() => reject(new DriverError('timeout', `${command}: no answer within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = (): void => reject(options.signal?.reason);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, { command, resolve, reject });
    try {
      this.#socket.write(encodeCommand(command, id, args, options.outOfBand ?? false));
      return await promise;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      this.#pending.delete(id);
    }
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Resolves with the first answer of `ask` that is not undefined. Asks at once and again after each event named; rejects with what `ask`
   * throws, with the signal's reason, or with `not-found` when the guest goes. Events that come while asking are not missed.
   */
  async until<T>(events: readonly string[], ask: () => Promise<T | undefined>, signal?: AbortSignal): Promise<T> {
    let wake = Promise.withResolvers<void>();
    const stop = this.onEvent(event => {
      if (events.includes(event.name)) wake.resolve();
    });
    const onAbort = (): void => wake.resolve();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#wakers.add(onAbort);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (this.#isClosed) throw goneError();
        const answer = await ask();
        if (answer !== undefined) return answer;
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    } finally {
      stop();
      this.#wakers.delete(onAbort);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #receive(piece: Uint8Array): void {
    try {
      for (const line of this.#splitter.push(piece)) {
        const message = decodeMessage(line);
        if (message !== undefined) this.#handle(message);
      }
    } catch (error) {
      this.#greeting.reject(error);
      this.#socket.destroy();
    }
  }

  #handle(message: QmpMessage): void {
    switch (message.kind) {
      case 'greeting':
        this.#version = message.version;
        this.#greeting.resolve();
        return;
      case 'event':
        for (const listener of this.#listeners) listener(message);
        return;
      case 'return':
        this.#pending.get(Number(message.id))?.resolve(message.value);
        return;
      case 'error': {
        const pending = this.#pending.get(Number(message.id));
        pending?.reject(new QmpError(pending.command, message.errorClass, message.description));
        return;
      }
      default:
        message satisfies never;
    }
  }
}

/** Connects to a unix socket. Rejects with DriverError `unreachable` when nobody listens. */
export const openSocket = (path: string, signal: AbortSignal): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connectSocket(path);
  const onAbort = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  socket.once('connect', () => {
    socket.removeAllListeners('error');
    signal.removeEventListener('abort', onAbort);
    resolve(socket);
  });
  socket.once('error', (cause: Error) => {
    signal.removeEventListener('abort', onAbort);
    reject(new DriverError('unreachable', `${path}: ${cause.message}`, { cause }));
  });
  return promise;
};
