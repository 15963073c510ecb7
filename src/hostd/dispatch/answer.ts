// What passes between a protocol's face (XML-RPC, JSON-RPC) and the dispatcher: who calls, what for, and the value with its type.

import type { Type } from '../../model/index.ts';
import type { CallOrigin } from '../../ops/context.ts';
import type { Visitor } from '../../ops/network/trial/trials.ts';

/** The other end of a connection. */
export interface Caller {
  readonly transport: 'unix' | 'tls' | 'tcp';
  /** Where logins that fail are counted: the remote address, or `local`. */
  readonly source: string;
  /** On the unix socket: root or the owner of this process, by the modes of the socket and its directory. */
  readonly isTrusted: boolean;
  /** The connection, where it came over a network. */
  readonly visitor?: Visitor;
  /** How long the client gives itself to come back after a change of the management. */
  readonly confirmTimeoutMs?: number;
}

export const originOf = ({ transport, confirmTimeoutMs }: Caller): CallOrigin => ({ isLocal: transport === 'unix', confirmTimeoutMs });

export interface Request {
  readonly caller: Caller;
  readonly method: string;
  readonly params: readonly unknown[];
  /** Aborted when the client goes away; made when first asked for. */
  readonly signal: () => AbortSignal;
}

/** The reason of that abort; there is nobody left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
  constructor() {
    super('the client went away before its answer was ready');
  }
}

export interface Answer {
  /** Canonical, as the database holds it. */
  readonly value: unknown;
  readonly type: AnswerType;
}

/** Replies of event.from and event.next are no type of the model: their records are of the class that each event names. */
export type AnswerType = Type | { readonly kind: 'events' } | { readonly kind: 'event batch' } | { readonly kind: 'json' };
