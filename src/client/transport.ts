// A transport carries one XenAPI call and brings its value back. The one over HTTP keeps a few connections alive, speaks JSON-RPC,
// and falls back to XML-RPC for servers that know nothing else; what a server speaks is remembered.

import { type ServerAddress, addressText } from './address.ts';
import { connect } from './connect.ts';
import { HttpConnection } from './connection.ts';
import { ConnectionError } from './errors.ts';
import type { HttpResponse } from './http-reader.ts';
import { type RpcRequest, RpcSyntaxError, decodeAnswer, encodeCall } from './jsonrpc.ts';
import { XenError } from '../model/error.ts';
import type { TrustPolicy } from './trust.ts';

export type { RpcRequest } from './jsonrpc.ts';

export interface Transport {
  /** The value of the call. Rejects with XenError (the server said no), ConnectionError, or the signal's reason. */
  request(request: RpcRequest, signal?: AbortSignal): Promise<unknown>;
  /** The same kind of transport to another host of the pool; undefined if there is no way from here to others. */
  redirect?(host: string): Transport | undefined;
  close(): void;
}

export type RpcProtocol = 'json' | 'xml';

/** Remembers which protocol a server speaks, between processes. */
export interface ProtocolMemory {
  recall(server: string): Promise<RpcProtocol | undefined>;
  remember(server: string, protocol: RpcProtocol): Promise<void>;
}

export interface HttpTransportOptions {
  readonly trust?: TrustPolicy | undefined;
  readonly memory?: ProtocolMemory | undefined;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Calls at a time; more wait their turn. */
const MAX_CONNECTIONS = 8;
/** Enough of an answer to know what it is. */
const PREFIX_BYTES = 64;
const PATHS = { json: '/jsonrpc', xml: '/' } as const;
const CONTENT_TYPES = { json: 'application/json', xml: 'text/xml' } as const;

export class HttpTransport implements Transport {
  readonly address: ServerAddress;
  readonly #options: HttpTransportOptions;
  readonly #idle: HttpConnection[] = [];
  readonly #busy = new Set<HttpConnection>();
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;
  #protocol: RpcProtocol | undefined;
  #closed = false;

  constructor(address: ServerAddress, options: HttpTransportOptions = {}) {
    this.address = address;
    this.#options = options;
  }

  async request(request: RpcRequest, signal?: AbortSignal): Promise<unknown> {
    const protocol = await this.#recall();
    if (protocol === 'xml') return await this.#requestXml(request, signal);
    const response = await this.#post('json', encodeCall(request), signal);
    if (response.status === 200 && !isXmlRpc(response)) {
      this.#protocol = 'json';
      return this.#decode(response);
    }
    if (this.#protocol === 'json' || (response.status !== 200 && !speaksOtherwise(response.status))) throw this.#refused(response);
    try {
      return await this.#requestXml(request, signal);
    } finally {
      // Also where the server said no: it said so in XML-RPC.
      if (this.#protocol === 'xml') await this.#options.memory?.remember(addressText(this.address), 'xml');
    }
  }

  /** What is told on the local socket is not told to the network: there nobody judged a certificate, or gave a password. */
  redirect(host: string): Transport | undefined {
    const { address } = this;
    return address.kind === 'unix' ? undefined : new HttpTransport({ ...address, host }, this.#options);
  }

  /** A connection of its own, e.g. for CONNECT. The caller closes it. */
  async open(signal?: AbortSignal): Promise<HttpConnection> {
    return new HttpConnection(await connect(this.address, { signal, trust: this.#options.trust }), this.#name);
  }

  /** Where and how to open connections for whole files. */
  fileServer(): { readonly address: ServerAddress; readonly trust: TrustPolicy | undefined } {
    return { address: this.address, trust: this.#options.trust };
  }

  /** Ends all connections. What is still on its way is waited for by nobody: it would keep the process from ending. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) connection.close();
    for (const connection of this.#busy) connection.abandon();
  }

  async #recall(): Promise<RpcProtocol | undefined> {
    if (this.#protocol === undefined && this.address.kind !== 'unix')
      this.#protocol = await this.#options.memory?.recall(addressText(this.address));
    return this.#protocol;
  }

  async #requestXml(request: RpcRequest, signal?: AbortSignal): Promise<unknown> {
    const { decodeXmlAnswer, encodeXmlCall, ProtocolError } = await import('./xmlrpc.ts');
    const response = await this.#post('xml', await encodeXmlCall(request), signal);
    if (response.status !== 200) throw this.#refused(response);
    try {
      const value = await decodeXmlAnswer(request.method, response.body);
      this.#protocol = 'xml';
      return value;
    } catch (error) {
      if (error instanceof ProtocolError) throw new ConnectionError('not-xenapi', this.#name, error.message, { cause: error });
      if (error instanceof XenError) this.#protocol = 'xml';
      throw error;
    }
  }

  #decode(response: HttpResponse): unknown {
    try {
      return decodeAnswer(response.body.toString('utf8'));
    } catch (error) {
      throw error instanceof RpcSyntaxError ? new ConnectionError('not-xenapi', this.#name, error.message, { cause: error }) : error;
    }
  }

  async #post(protocol: RpcProtocol, body: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const headers = { host: this.#name, 'content-type': CONTENT_TYPES[protocol], 'user-agent': 'xcp', ...this.#options.headers };
    const connection = await this.#take(signal);
    this.#busy.add(connection);
    try {
      return await connection.request({ method: 'POST', path: PATHS[protocol], headers, body }, signal);
    } finally {
      this.#busy.delete(connection);
      this.#give(connection);
    }
  }

  async #take(signal: AbortSignal | undefined): Promise<HttpConnection> {
    while (this.#inUse >= MAX_CONNECTIONS) await new Promise<void>(resolve => this.#waiting.push(resolve));
    this.#inUse += 1;
    try {
      for (;;) {
        const connection = this.#idle.pop() ?? (await this.open(signal));
        if (this.#closed) connection.abandon();
        if (connection.isOpen || this.#closed) return connection;
      }
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #give(connection: HttpConnection): void {
    if (connection.isOpen && !this.#closed) this.#idle.push(connection);
    else connection.close();
    this.#leave();
  }

  #leave(): void {
    this.#inUse -= 1;
    this.#waiting.shift()?.();
  }

  get #name(): string {
    return this.address.kind === 'unix' ? 'localhost' : this.address.host;
  }

  #refused(response: HttpResponse): ConnectionError {
    return new ConnectionError('not-xenapi', this.#name, `the server answers ${response.status} ${response.reason}`);
  }
}

/** What servers without JSON-RPC say to a POST /jsonrpc. */
const speaksOtherwise = (status: number): boolean =>
  status === 400 || status === 403 || status === 404 || status === 405 || status === 500 || status === 501;

/** Some servers without JSON-RPC take what is sent to any path for XML-RPC, and answer 200 with what they think of it. */
const isXmlRpc = ({ body }: HttpResponse): boolean =>
  /^\s*<(\?xml|methodResponse)\b/.test(body.subarray(0, PREFIX_BYTES).toString('latin1'));
