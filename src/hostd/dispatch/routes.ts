// From a method's name to what it means. `Class.message`, the old `Class_message`, and `Async.` or `InternalAsync.` before the first form.

import { messageMethodUnknown, messageRemoved, XenError } from '../../model/error.ts';
import { type ClassName, classes, classNames, type MessageModel } from '../../model/index.ts';

export interface Route {
  readonly cls: ClassName;
  readonly message: MessageModel;
  readonly isAsync: boolean;
}

const byName = new Map<string, Route>();
const byOldName = new Map<string, Route>();
for (const cls of classNames) {
  for (const message of classes[cls].messages.values()) {
    const route: Route = { cls, message, isAsync: false };
    byName.set(message.fullName, route);
    byOldName.set(`${cls}_${message.name}`, route);
  }
}

export const methodNames = (): readonly string[] => [...byName.keys()];

/** Throws MESSAGE_METHOD_UNKNOWN [name], MESSAGE_REMOVED, and `Fault` where there is no async form. */
export const findRoute = (method: string): Route => {
  const direct = byName.get(method) ?? byOldName.get(method);
  if (direct !== undefined) return alive(direct);
  const plain = /^(?:Internal)?Async\.(.+)$/s.exec(method)?.[1];
  const route = plain === undefined ? undefined : byName.get(plain);
  if (route === undefined) throw messageMethodUnknown(method);
  if (!alive(route).message.async) throw new XenError('Fault', [`No async mode for this operation (rpc: ${route.message.fullName})`]);
  return { ...route, isAsync: true };
};

const alive = (route: Route): Route => {
  if (route.message.state === 'removed') throw messageRemoved();
  return route;
};
