// A client of one OVSDB server on its unix socket: calls, transactions, monitors. It holds the connection and nothing else; when that
// breaks, everything waiting fails with `unreachable` and a new client is made by whoever wants one.

import { connect, type Socket } from 'node:net';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { JsonObjectSplitter } from '../../../wire/ovsdb.ts';
import { DriverError } from '../../hypervisor.ts';

const database = 'Open_vSwitch';
const maxWaiting = 10_000;
const connectTimeoutMs = 5_000;

export type TableUpdates = JsonObject;

/** One operation of a transaction, as RFC 7047 section 5.2 has it. */
export type Operation = JsonObject;

/** The server refused an operation of a transaction: nothing of it was done. */
export class OvsdbError extends Error {
  readonly code: string;
  /** Which operation; one more than there are when the commit itself failed. */
  readonly index: number;
  constructor(code: string, details: string, index: number) {
    super(`Open vSwitch's database refused: ${code}${details === '' ? '' : `, ${details}`}`);
    this.name = 'OvsdbError';
    this.code = code;
    this.index = index;
  }
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const unreachable = (reason: string): DriverError => new DriverError('unreachable', `Open vSwitch's database does not answer: ${reason}`);

interface Waiting {
  /** Is told the result before anything that comes behind it is taken. */
  readonly first?: (result: Json) => void;
  readonly resolve: (result: Json) => void;
  readonly reject: (error: unknown) => void;
}

export class OvsdbClient {
  readonly #socket: Socket;
  readonly #splitter = new JsonObjectSplitter();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (updates: TableUpdates) => void>();
  readonly #closed = Promise.withResolvers<void>();
  #lastId = 0;
  #failure: DriverError | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', piece => this.#receive(piece));
    socket.on('error', error => this.#fail(unreachable(error.message)));
    socket.on('close', () => this.#fail(unreachable('the connection is closed')));
  }

  static async connect(path: string): Promise<OvsdbClient> {
    const { promise, resolve, reject } = Promise.withResolvers<OvsdbClient>();
    const socket = connect(path);
    const timer = setTimeout(() => reject(unreachable('no connection in time')), connectTimeoutMs);
    const refuse = (error: Error): void => reject(unreachable(error.message));
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      resolve(new OvsdbClient(socket));
    });
    try {
      return await promise;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the connection is gone, whatever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  call(method: string, params: readonly Json[]): Promise<Json> {
    return this.#ask(method, params);
  }

  #ask(method: string, params: readonly Json[], first?: (result: Json) => void): Promise<Json> {
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    if (this.#failure) reject(this.#failure);
    else if (this.#waiting.size >= maxWaiting)
      reject(new DriverError('failed', `${maxWaiting} calls wait for Open vSwitch's database already`));
    else {
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve, reject, ...(first && { first }) });
      this.#send({ method, params, id: this.#lastId });
    }
    return promise;
  }

  /** All operations or none. Rejects with OvsdbError: errors are inside the result, among the operations' own. */
  async transact(operations: readonly Operation[]): Promise<readonly JsonObject[]> {
    const results = await this.call('transact', [database, ...operations]);
    if (!Array.isArray(results)) throw new DriverError('failed', "Open vSwitch's database answered a transaction with something else");
    const rows: JsonObject[] = [];
    for (const [index, result] of results.entries()) {
      const row: JsonObject = isObject(result) ? result : {};
      const { error, details } = row;
      if (typeof error === 'string') throw new OvsdbError(error, typeof details === 'string' ? details : '', index);
      rows.push(row);
    }
    return rows;
  }

  /**
   * Tells the listener the rows as they are now, before this resolves, and each change from then on: by servers of our time as
   * `initial`, `insert`, `modify` (what has changed in the row) or `delete`, by old ones as `new` and `old`, whole.
   */
  async monitor(
    name: string,
    tables: Readonly<Record<string, readonly string[]>>,
    listener: (updates: TableUpdates) => void,
  ): Promise<void> {
    this.#listeners.set(name, listener);
    const requests = Object.fromEntries(Object.entries(tables).map(([table, columns]) => [table, { columns }]));
    const params = [database, name, requests];
    const first = (initial: Json): void => {
      if (isObject(initial)) listener(initial);
    };
    try {
      // A change of hundreds of rows is a tenth as much to read where only what changed is told.
      await this.#ask('monitor_cond', params, first);
    } catch (error) {
      if (!(error instanceof DriverError) || error.kind !== 'failed') throw error;
      await this.#ask('monitor', params, first);
    }
  }

  close(): void {
    this.#fail(unreachable('this side has closed the connection'));
  }

  #send(message: JsonObject): void {
    this.#socket.write(JSON.stringify(message));
  }

  #receive(piece: Uint8Array): void {
    try {
      for (const message of this.#splitter.push(piece)) this.#take(message);
    } catch (error) {
      this.#fail(new DriverError('failed', `Open vSwitch's database cannot be understood: ${String(error)}`, { cause: error }));
    }
  }

  #take({ method, params, id, error, result }: JsonObject): void {
    // The server probes idle connections, and drops one that does not answer.
    if (method === 'echo') return this.#send({ id: id ?? null, result: params ?? [], error: null });
    if (method === 'update2' || method === 'update') {
      const [name, updates] = Array.isArray(params) ? params : [];
      if (typeof name === 'string' && isObject(updates)) this.#listeners.get(name)?.(updates);
      return undefined;
    }
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (typeof id !== 'number' || !waiting) return undefined;
    this.#waiting.delete(id);
    if (error === null || error === undefined) {
      waiting.first?.(result ?? null);
      return waiting.resolve(result ?? null);
    }
    return waiting.reject(new DriverError('failed', `Open vSwitch's database refused a call: ${JSON.stringify(error)}`));
  }

  #fail(failure: DriverError): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
    this.#closed.resolve();
  }
}
