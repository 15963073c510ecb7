// A session on a XenAPI server: login, typed calls, logout. The host that the caller named may send it on to the pool's master.

import type { Ref } from '../lib/brand.ts';
import { isXenError } from '../model/error.ts';
import type { MessageName, ParamsOf, ResultOf } from '../model/index.ts';
import type { RpcRequest, Transport } from './transport.ts';

export interface Credentials {
  readonly userName: string;
  readonly password: string;
}

export interface LoginOptions {
  readonly originator?: string;
  /** Asks the host alone, so that it also works where the host has lost its pool. */
  readonly local?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const API_VERSION = '2.21';
/** Hosts that send a login on to another; more is a pool that does not know its master. */
const MAX_REDIRECTS = 3;
/** User name, password, version of the API. */
const PARAMS_WITHOUT_ORIGINATOR = 3;
/** A server that is out of reach by now is not waited for. */
const LOGOUT_MS = 5_000;

/** Logs in. Rejects with XenError SESSION_AUTHENTICATION_FAILED, other XenErrors, or ConnectionError. */
export const login = async (transport: Transport, credentials: Credentials, options: LoginOptions = {}): Promise<Session> => {
  const { userName, password } = credentials;
  const request: RpcRequest =
    options.local === true
      ? { method: 'session.slave_local_login_with_password', params: [userName, password] }
      : { method: 'session.login_with_password', params: [userName, password, API_VERSION, options.originator ?? 'xcp'] };
  const asked = new Set<string>();
  let current = transport;
  for (;;) {
    try {
      return new Session(current, await loginRef(current, request, options.signal));
    } catch (error) {
      const next = isXenError(error, 'HOST_IS_SLAVE') ? masterAfter(current, error.params[0], asked) : undefined;
      if (current !== transport || next !== undefined) current.close();
      if (next === undefined) throw error;
      current = next;
    }
  }
};

/** The transport to the master that a host has named; undefined if it cannot be followed, or was followed before. */
const masterAfter = (current: Transport, master: string | undefined, asked: Set<string>): Transport | undefined => {
  if (master === undefined || asked.has(master) || asked.size >= MAX_REDIRECTS) return undefined;
  asked.add(master);
  return current.redirect?.(master);
};

/** Servers of some ages take no name of the program that logs in. */
const loginRef = async (transport: Transport, request: RpcRequest, signal: AbortSignal | undefined): Promise<string> => {
  try {
    return String(await transport.request(request, signal));
  } catch (error) {
    if (request.params.length <= PARAMS_WITHOUT_ORIGINATOR || !isXenError(error, 'MESSAGE_PARAMETER_COUNT_MISMATCH')) throw error;
    return String(await transport.request({ ...request, params: request.params.slice(0, PARAMS_WITHOUT_ORIGINATOR) }, signal));
  }
};

export class Session implements AsyncDisposable {
  readonly transport: Transport;
  readonly ref: Ref<'session'>;

  constructor(transport: Transport, ref: string) {
    this.transport = transport;
    this.ref = ref as Ref<'session'>;
  }

  /** Calls a message with its parameters by name. Rejects with XenError, ConnectionError or the signal's reason. */
  async call<M extends MessageName>(message: M, params: ParamsOf<M>, signal?: AbortSignal): Promise<ResultOf<M>> {
    const value = await this.raw(message, await positional(message, params), signal);
    // The codec checked the value against the model, or it came as JSON from a server that did.
    return value as ResultOf<M>;
  }

  /** Starts a message as a task and resolves with the task. */
  async start<M extends MessageName>(message: M, params: ParamsOf<M>): Promise<Ref<'task'>> {
    return (await this.raw(`Async.${message}`, await positional(message, params))) as Ref<'task'>;
  }

  /** Calls a method that is named at run time, with its parameters in the order of the API, the session left out. */
  async raw(method: string, params: readonly unknown[] = [], signal?: AbortSignal): Promise<unknown> {
    const request: RpcRequest = { method, params: [this.ref, ...params] };
    return await this.transport.request(request, signal);
  }

  /** Ends the session on the server; a server that is gone has ended it already. */
  async logout(): Promise<void> {
    try {
      await this.raw('session.logout', [], AbortSignal.timeout(LOGOUT_MS));
    } catch (error) {
      if (!isXenError(error) && !(error instanceof Error)) throw error;
    } finally {
      this.transport.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.logout();
  }
}

/** Parameters by name, put in the order of the model. One or none needs no model, so most reads load none. */
const positional = async (message: MessageName, params: unknown): Promise<readonly unknown[]> => {
  const named = Object(params) as object;
  const values = Object.values(named);
  if (values.length <= 1) return values;
  const { orderedParams } = await import('./params.ts');
  return await orderedParams(message, named);
};
