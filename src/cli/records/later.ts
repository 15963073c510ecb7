// A value that may be there already. A list of a thousand objects has a hundred thousand cells, nearly all of them at hand: a promise for
// each would cost more than all else.

export type Later<T> = T | Promise<T>;

/** What is made of the value: at once if it is there, else when it is. */
export const whenHere = <T, U>(value: Later<T>, make: (value: T) => Later<U>): Later<U> =>
  value instanceof Promise ? value.then(make) : make(value);

/** All of them: at once if all are there. */
export const all = <T>(values: readonly Later<T>[]): Later<readonly T[]> => (areHere(values) ? values : Promise.all(values));

const areHere = <T>(values: readonly Later<T>[]): values is readonly T[] => !values.some(value => value instanceof Promise);
