// What is said of errors: something for every code, and nothing for codes that do not exist.

import { describe, expect, test } from '@jest/globals';
import { sentences } from '../../../src/cli/errors/sentences.ts';
import { errors } from '../../../src/model/errors/table.ts';

describe('the sentences of errors', () => {
  test('there is one for each code, and for no other', () => {
    expect(Object.keys(sentences).toSorted()).toEqual([...errors.keys()].toSorted());
  });

  test.each(Object.entries(sentences))('%s is told in one sentence', (_code, sentence) => {
    expect(sentence).toMatch(/^[A-Z][^\n]{10,180}[.!]$/);
  });
});
