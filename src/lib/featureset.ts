// Sets of processor features, as Xen orders them and XenServer writes them: words of eight hexadecimal digits joined by `-`, each of them the 32
// features of one register. A word that a set does not have is one without features: newer versions of Xen know more of them than older ones.

import { FEATURE_NAMES } from './featureset-names.ts';

export type Featureset = readonly number[];

const MOST_WORDS = 64;
const TEXT = /^[0-9a-f]{8}(-[0-9a-f]{8})*$/i;
const BITS = 32;

/** Undefined for what is none. No text is the set without features. */
export const parseFeatureset = (text: string): Featureset | undefined => {
  if (text === '') return [];
  if (text.length > MOST_WORDS * 9 || !TEXT.test(text)) return undefined;
  return text.split('-').map(word => Number.parseInt(word, 16));
};

export const featuresetText = (set: Featureset): string => set.map(word => word.toString(16).padStart(8, '0')).join('-');

const combined = (a: Featureset, b: Featureset, word: (a: number, b: number) => number): Featureset =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => word(a[i] ?? 0, b[i] ?? 0) >>> 0);

/** What both have. */
export const commonFeatures = (a: Featureset, b: Featureset): Featureset => combined(a, b, (x, y) => x & y);

/** What `a` has and `b` has not. */
export const featuresBeyond = (a: Featureset, b: Featureset): Featureset => combined(a, b, (x, y) => x & ~y);

export const hasFeatures = (set: Featureset): boolean => set.some(word => word !== 0);

/** Whether the feature of that bit is in the set. */
export const hasBit = (set: Featureset, word: number, bit: number): boolean => (((set[word] ?? 0) >>> bit) & 1) === 1;

const nameOf = (word: number, bit: number): string => {
  const found = (FEATURE_NAMES[word] ?? '').split(' ').find(entry => entry.startsWith(`${bit}:`));
  return found?.slice(found.indexOf(':') + 1) ?? `bit ${bit} of word ${word}`;
};

/** In words, in the order of their bits. */
export const featureNames = (set: Featureset): readonly string[] =>
  set.flatMap((_, word) =>
    Array.from({ length: BITS }, (__, bit) => bit)
      .filter(bit => hasBit(set, word, bit))
      .map(bit => nameOf(word, bit)),
  );
