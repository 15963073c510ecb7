// Sets of processor features: their text, what two have in common, their names.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  commonFeatures,
  type Featureset,
  featureNames,
  featuresBeyond,
  featuresetText,
  hasBit,
  hasFeatures,
  parseFeatureset,
} from '../../../src/lib/featureset.ts';

const sets = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 24 });
const bits = (set: Featureset): string[] =>
  set.flatMap((_, word) => [...Array(32).keys()].filter(bit => hasBit(set, word, bit)).map(bit => `${word}.${bit}`));

test('a text is read as it was written', () => {
  fc.assert(fc.property(sets, set => expect(parseFeatureset(featuresetText(set))).toEqual(set)));
  expect(parseFeatureset('1FC9CBF5-f6f83203')).toEqual([0x1fc9cbf5, 0xf6f83203]);
});

test.each(['1', '1fc9cbf5-', '1fc9cbf5:f6f83203', '1fc9cbf5-f6f8320', 'x0000000', ' 1fc9cbf5', '1fc9cbf5-'.repeat(64) + '1fc9cbf5'])(
  'what is none is refused: %s',
  text => expect(parseFeatureset(text)).toBeUndefined(),
);

test('common and beyond are of bits, whatever lengths they have', () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const inB = new Set(bits(b));
      expect(bits(commonFeatures(a, b))).toEqual(bits(a).filter(bit => inB.has(bit)));
      expect(bits(featuresBeyond(a, b))).toEqual(bits(a).filter(bit => !inB.has(bit)));
      expect(hasFeatures(featuresBeyond(a, a))).toBe(false);
    }),
  );
});

describe('names', () => {
  test('in the order of the bits; what has none is told by its place', () => {
    expect(featureNames([0x80000000 + 0x2000000, 0x10000001, 0, 0, 0, 0x20])).toEqual(['sse', 'pbe', 'sse3', 'avx', 'avx2']);
    expect(featureNames([0x400, ...Array<number>(29).fill(0), 1])).toEqual(['bit 10 of word 0', 'bit 0 of word 30']);
    expect(featureNames([])).toEqual([]);
  });

  // As `xen-cpuid detail` of Xen 4.17 has them.
  test.each([
    [1, 0x80000000 + 0x2000000, ['aesni', 'hypervisor']],
    [2, 0x20100800, ['syscall', 'nx', 'lm']],
    [3, 0x61, ['lahf-lm', 'abm', 'sse4a']],
    [4, 0x5, ['xsaveopt', 'xgetbv1']],
    [5, 0x01880329, ['fsgsbase', 'bmi1', 'avx2', 'bmi2', 'erms', 'adx', 'clflushopt', 'clwb']],
    [6, 0x200, ['vaes']],
    [8, 0x100000, ['no-lmsl']],
    [16, 0x3, ['rdcl-no', 'eibrs']],
    [18, 0x6, ['tsa-sq-no', 'tsa-l1-no']],
  ])('of word %i', (word, value, names) => {
    expect(featureNames([...Array<number>(word).fill(0), value])).toEqual(names);
  });
});
