// What an SR's driver can do, as its SM record says.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';

const none: ReadonlySet<string> = new Set();
const known = new WeakMap<object, ReadonlySet<string>>();

/** The features of the driver of a type; empty when there is no such driver. */
export const featuresOfType = (db: Reader, type: string): ReadonlySet<string> => {
  for (const [, sm] of db.all('SM')) {
    if (sm.type !== type) continue;
    const before = known.get(sm);
    if (before) return before;
    const features = new Set(sm.capabilities);
    known.set(sm, features);
    return features;
  }
  return none;
};

export const featuresOf = (db: Reader, ref: Ref<'SR'>): ReadonlySet<string> => {
  const sr = db.get('SR', ref);
  return sr ? featuresOfType(db, sr.type) : none;
};
