// Reading what a peer sent: small readers of JSON that either give the typed value or tell where it is wrong. A peer is another
// xcp of perhaps another version, so nothing of what it says is taken unseen.

import { parseFeatureset } from '../../lib/featureset.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { XenError } from '../../model/error.ts';

export type Shape<T> = (value: unknown, at: string) => T;
export type Shaped<S> = S extends Shape<infer T> ? T : never;

const wrong = (at: string, wanted: string): XenError => new XenError('INVALID_VALUE', [at, `${wanted} expected`]);

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const text: Shape<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'text');
  return value;
};

/** A set of processor features. */
export const featuresetShape: Shape<string> = (value, at) => {
  const found = text(value, at);
  if (found === '' || parseFeatureset(found) === undefined) throw wrong(at, 'a set of processor features');
  return found;
};

/** A whole number that JavaScript holds exactly. */
export const integer: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(at, 'a whole number');
  return value;
};

export const truth: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, 'true or false');
  return value;
};

export const json: Shape<Json> = (value, at) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, i) => json(item, `${at}[${i}]`));
  if (isObject(value)) return jsonObject(value, at);
  throw wrong(at, 'JSON');
};

export const jsonObject: Shape<JsonObject> = (value, at) => {
  if (!isObject(value)) throw wrong(at, 'an object');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, json(item, `${at}.${key}`)]));
};

export const list =
  <T>(item: Shape<T>): Shape<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list');
    return value.map((each, i) => item(each, `${at}[${i}]`));
  };

export const dictionary =
  <T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, at) => {
    if (!isObject(value)) throw wrong(at, 'an object');
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, item(each, `${at}.${key}`)]));
  };

export const oneOf =
  <const T extends string>(...words: readonly T[]): Shape<T> =>
  (value, at) => {
    const found = words.find(word => word === value);
    if (found === undefined) throw wrong(at, words.join(' or '));
    return found;
  };

export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : shape(value, at);

/** An object of these fields; others are let be, so that a newer peer may say more. */
export const object =
  <F extends { readonly [key: string]: Shape<unknown> }>(fields: F): Shape<{ readonly [K in keyof F]: Shaped<F[K]> }> =>
  (value, at) => {
    if (!isObject(value)) throw wrong(at, 'an object');
    const entries = Object.entries(fields).map(([key, shape]) => [key, shape(value[key], `${at}.${key}`)]);
    return Object.fromEntries(entries) as { readonly [K in keyof F]: Shaped<F[K]> };
  };
