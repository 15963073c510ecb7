// Parameters by name, put in the order that the model gives them.

import { loadClass } from '../model/lazy.ts';
import type { ClassName, MessageName } from '../model/index.ts';

/** Trailing parameters that were left out stay out; one left out before a given one gets its default. Throws RangeError on a name the message does not have. */
export const orderedParams = async (message: MessageName, params: object): Promise<readonly unknown[]> => {
  const [cls = '', name = ''] = message.split('.');
  const model = (await loadClass(cls as ClassName)).messages.get(name);
  if (model === undefined) throw new RangeError(`no message ${message}`);
  const given = new Map<string, unknown>(Object.entries(params).filter(([, value]) => value !== undefined));
  const last = model.params.findLastIndex(param => given.has(param.name));
  const ordered = model.params.slice(0, Math.max(last + 1, model.requiredParams)).map(param => {
    if (!given.has(param.name) && param.default === undefined) throw new RangeError(`${message} needs ${param.name}`);
    return given.get(param.name) ?? param.default;
  });
  const known = new Set(model.params.map(param => param.name));
  for (const key of given.keys()) if (!known.has(key)) throw new RangeError(`${message} takes no ${key}`);
  return ordered;
};
