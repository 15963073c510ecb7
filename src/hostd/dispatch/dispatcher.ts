// The one way in for every call: name → route → count → session → rights → types → whoever answers it. Getters answer at once, without a
// promise; only what waits returns one.

import type { Logger } from '../../lib/logger.ts';
import { internalError, messageMethodUnknown, notImplemented, parameterCountMismatch, XenError } from '../../model/error.ts';
import type { ClassName, MessageModel } from '../../model/index.ts';
import type { Services } from '../../ops/context.ts';
import { auditCall } from '../audit.ts';
import { checkAccess, checkRole } from '../rbac.ts';
import type { Session, SessionTable } from '../sessions.ts';
import type { TaskTable } from '../tasks.ts';
import { type Answer, type AnswerType, ClientGone, originOf, type Request } from './answer.ts';
import { genericRunner, type Runner } from './generic.ts';
import { createOperationRunner, type Handler } from './operation.ts';
import type { OperationTable, PeerMessages } from './tables.ts';
import { findRoute, methodNames, type Route } from './routes.ts';
import { decodeParams, namedParams } from './values.ts';

export interface Dispatcher {
  /** Throws or rejects with XenError, or with ClientGone, and nothing else. */
  call(request: Request): Answer | Promise<Answer>;
}

/** What hostd answers itself: sessions, events, tasks. */
export type Builtin = (scope: { readonly request: Request; readonly session: Session | undefined }, params: readonly unknown[]) => unknown;
export interface BuiltinRow {
  readonly run: Builtin;
  /** Where the reply is no type of the model. */
  readonly type?: AnswerType;
}

export interface DispatcherOptions {
  readonly services: Services;
  readonly sessions: SessionTable;
  readonly tasks: TaskTable;
  readonly ops: OperationTable;
  readonly peerMessages: PeerMessages;
  readonly builtins: ReadonlyMap<string, BuiltinRow>;
  readonly log: Logger;
}

/** A message with everything about answering it found out once. */
interface Compiled extends Route {
  readonly type: AnswerType;
  readonly builtin: Builtin | undefined;
  readonly generic: Runner | undefined;
  readonly handler: Handler | undefined;
  /** Reads of the model are never audited and never wait. */
  readonly isRead: boolean;
}

const TASK_REF = { kind: 'ref', cls: 'task' } as const;

export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { services, sessions, log } = options;
  const operations = createOperationRunner(options);
  const compiled = new Map<string, Compiled>();

  const compile = (method: string): Compiled => {
    const route = findRoute(method);
    const made = compileRoute(route, options);
    compiled.set(method, made);
    return made;
  };

  const answerChange = async (route: Compiled, session: Session, params: readonly unknown[], request: Request): Promise<Answer> => {
    const { message, handler, builtin, generic } = route;
    const audit = (error: unknown): void => auditCall(log, session, message, params, error);
    const direct = builtin ? () => builtin({ request, session }, params) : generic && (() => generic(services, params));
    try {
      if (handler === undefined && direct === undefined) throw notImplemented(message.fullName);
      if (handler === undefined && !route.isAsync) {
        const value = await direct?.();
        audit(undefined);
        return { value, type: route.type };
      }
      const run: Handler = handler ?? (async () => direct?.());
      const named = namedParams(message, params);
      const operation = { message, handler: run, session, params: named, clientSignal: request.signal, origin: originOf(request.caller) };
      if (route.isAsync) return { value: await operations.start(operation, audit), type: TASK_REF };
      const value = await operations.run(operation);
      audit(undefined);
      return { value, type: route.type };
    } catch (error) {
      audit(error);
      throw tellable(error, message.fullName, log);
    }
  };

  const call = (request: Request): Answer | Promise<Answer> => {
    const { method, params: raw } = request;
    if (method.startsWith('system.')) return systemCall(method);
    if (method.startsWith('xcp.')) return peerCall(request, options);
    const route = compiled.get(method) ?? compile(method);
    const { message } = route;
    const first = message.session ? 1 : 0;
    const received = raw.length - first;
    if (received < message.requiredParams || received > message.params.length) {
      throw parameterCountMismatch(message.fullName, message.requiredParams, received);
    }
    const session = message.session ? sessions.need(sessionRef(raw[0])) : undefined;
    if (session !== undefined) {
      checkRights(session, message, raw, log);
      // Whoever comes from outside and is known has reached the host.
      if (request.caller.visitor) services.networkTrials.heard(services, request.caller.visitor);
    }
    const params = decodeParams(message, raw, first);
    if (route.builtin !== undefined && !route.isAsync) return answerBuiltin(route.builtin, route.type, { request, session }, params);
    if (session === undefined) throw notImplemented(message.fullName);
    if (route.isRead && route.generic !== undefined) return { value: route.generic(services, params), type: route.type };
    return answerChange(route, session, params, request);
  };

  return {
    call(request) {
      try {
        const answer = call(request);
        return answer instanceof Promise ? answer.catch((error: unknown) => Promise.reject(tellable(error, request.method, log))) : answer;
      } catch (error) {
        throw tellable(error, request.method, log);
      }
    },
  };
};

const compileRoute = (route: Route, options: DispatcherOptions): Compiled => {
  const { cls, message } = route;
  const row = options.builtins.get(message.fullName);
  const handler = handlerOf(options.ops, cls, message.name);
  const generic = handler === undefined ? genericRunner(cls, message) : undefined;
  const isRead = generic !== undefined && message.kind.startsWith('get') && !route.isAsync;
  return { ...route, type: row?.type ?? message.result, builtin: row?.run, handler, generic, isRead };
};

const handlerOf = (ops: OperationTable, cls: ClassName, name: string): Handler | undefined => {
  const table = ops[cls];
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
};

const checkRights = (session: Session, message: MessageModel, raw: readonly unknown[], log: Logger): void => {
  try {
    if (message.poolInternal) throw internalError(`${message.fullName} is for members of a pool among themselves`);
    checkAccess(session, message, raw[2]);
  } catch (error) {
    auditCall(log, session, message, raw.slice(1), error);
    throw error;
  }
};

const sessionRef = (value: unknown): string => {
  if (typeof value !== 'string') throw internalError('the session must be a reference, as text');
  return value;
};

const answerBuiltin = (
  run: Builtin,
  type: AnswerType,
  scope: Parameters<Builtin>[0],
  params: readonly unknown[],
): Answer | Promise<Answer> => {
  const value = run(scope, params);
  return value instanceof Promise ? value.then(settled => ({ value: settled, type })) : { value, type };
};

const STRING = { kind: 'string' } as const;
const ALIVE_PREFIX = 'system.isAlive:';

const systemCall = (method: string): Answer => {
  if (method === 'system.listMethods') return { value: methodNames(), type: { kind: 'set', of: STRING } };
  if (method.startsWith(ALIVE_PREFIX)) return { value: method.slice(ALIVE_PREFIX.length), type: STRING };
  throw messageMethodUnknown(method);
};

/** A private message of another xcp host: JSON in, JSON out, by the rights of its row. */
const peerCall = async (
  { method, params, signal, caller }: Request,
  { services, sessions, peerMessages, log }: DispatcherOptions,
): Promise<Answer> => {
  const row = peerMessages.get(method);
  if (row === undefined) throw messageMethodUnknown(method);
  const session = sessions.need(sessionRef(params[0]));
  checkRole(session, row.role, method);
  if (caller.visitor) services.networkTrials.heard(services, caller.visitor);
  const call = {
    services,
    session,
    task: undefined,
    origin: originOf(caller),
    get signal() {
      return signal();
    },
    log: log.with({ call: method }),
    progress: () => undefined,
    setCancellable: () => undefined,
  };
  return { value: await row.handler(call, params.slice(1)), type: { kind: 'json' } };
};

/** The error as a client may see it; faults of ours are logged whole and told in one line. */
const tellable = (error: unknown, method: string, log: Logger): XenError | ClientGone => {
  if (error instanceof XenError || error instanceof ClientGone) return error;
  log.error('a call failed in a way it should not', { call: method.slice(0, 100), error });
  return internalError(error instanceof Error ? error.message : String(error), error);
};
