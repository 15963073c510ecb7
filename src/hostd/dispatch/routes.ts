// From a method's name to what it means. `Class.message`, the old `Class_message`, and `Async.` or `InternalAsync.` before the first form.

import { messageMethodUnknown, messageRemoved, XenError } from '../../model/error.ts';
import { allMessages, type ClassName, classes, classNames, isClassName, type MessageModel } from '../../model/index.ts';

export interface Route {
  readonly cls: ClassName;
  readonly message: MessageModel;
  readonly isAsync: boolean;
}

export const methodNames = (): readonly string[] => [...allMessages().keys()];

const routeOf = (cls: ClassName, name: string): Route | undefined => {
  const message = classes[cls].messages.get(name);
  return message && { cls, message, isAsync: false };
};

const byName = (method: string): Route | undefined => {
  const dot = method.indexOf('.');
  const cls = method.slice(0, dot);
  return isClassName(cls) ? routeOf(cls, method.slice(dot + 1)) : undefined;
};

/** Classes have underscores in their names too. */
const byOldName = (method: string): Route | undefined => {
  for (const cls of classNames) {
    const route = method.startsWith(`${cls}_`) ? routeOf(cls, method.slice(cls.length + 1)) : undefined;
    if (route) return route;
  }
  return undefined;
};

/** Throws MESSAGE_METHOD_UNKNOWN [name], MESSAGE_REMOVED, and `Fault` where there is no async form. */
export const findRoute = (method: string): Route => {
  const direct = byName(method) ?? byOldName(method);
  if (direct !== undefined) return alive(direct);
  const plain = /^(?:Internal)?Async\.(.+)$/s.exec(method)?.[1];
  const route = plain === undefined ? undefined : byName(plain);
  if (route === undefined) throw messageMethodUnknown(method);
  if (!alive(route).message.async) throw new XenError('Fault', [`No async mode for this operation (rpc: ${route.message.fullName})`]);
  return { ...route, isAsync: true };
};

const alive = (route: Route): Route => {
  if (route.message.state === 'removed') throw messageRemoved();
  return route;
};
