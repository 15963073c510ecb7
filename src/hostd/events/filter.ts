// What a client wants to hear of: `*`, a class, or one object as `class/ref`; letters of either case. A class that does not exist
// matches nothing, as XenAPI has it.

import { type ClassName, classes, classNames } from '../../model/index.ts';

/** Classes whose changes are told, with their names as events spell them. */
export const eventNames: ReadonlyMap<ClassName, string> = new Map(
  classNames.filter(name => classes[name].events).map(name => [name, name.toLowerCase()]),
);
const byEventName: ReadonlyMap<string, ClassName> = new Map([...eventNames].map(([name, lower]) => [lower, name]));

export interface EventFilter {
  matches(cls: ClassName, ref: string): boolean;
  /** Classes wanted whole, in the order of their names. */
  readonly wholeClasses: readonly ClassName[];
  readonly objects: readonly { readonly cls: ClassName; readonly ref: string }[];
}

export const MAX_FILTERS = 10_000;

export const parseFilter = (texts: readonly string[]): EventFilter => {
  const whole = new Set<ClassName>();
  const single = new Map<ClassName, Set<string>>();
  for (const text of texts) {
    if (text === '*') for (const name of eventNames.keys()) whole.add(name);
    const slash = text.indexOf('/');
    const cls = byEventName.get((slash < 0 ? text : text.slice(0, slash)).toLowerCase());
    if (cls === undefined) continue;
    if (slash < 0) whole.add(cls);
    else single.set(cls, (single.get(cls) ?? new Set()).add(text.slice(slash + 1)));
  }
  for (const cls of whole) single.delete(cls);
  return {
    matches: (cls, ref) => whole.has(cls) || (single.get(cls)?.has(ref) ?? false),
    wholeClasses: [...whole].sort((a, b) => (lower(a) < lower(b) ? -1 : 1)),
    objects: [...single].flatMap(([cls, refs]) => [...refs].map(ref => ({ cls, ref }))),
  };
};

const lower = (cls: ClassName): string => eventNames.get(cls) ?? cls;

/** The class that an event's spelling stands for. */
export const classOfEvent = (eventName: string): string => byEventName.get(eventName) ?? eventName;
