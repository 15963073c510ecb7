import { describe, expect, test } from '@jest/globals';
import { XenError } from '../../../src/model/error.ts';
import { fieldDefaults } from '../../../src/model/index.ts';
import { parseWhere } from '../../../src/model/where.ts';

const vm = { ...fieldDefaults('VM'), name_label: 'web01', power_state: 'Running', VCPUs_max: 4, is_a_template: false, tags: ['web'] };
const holds = (text: string): boolean => parseWhere('VM', text)('OpaqueRef:1', vm);

describe('expressions that hold', () => {
  test.each([
    'true',
    'not false',
    'not not true',
    'field "power_state"="Running"',
    'field "name__label" = "web01"',
    'field "VCPUs__max"="4"',
    'field "is_a_template"="false"',
    'not field "is_a_template"="true"',
    'field "_ref"="OpaqueRef:1"',
    '"a"="a"',
    '"web01" = field "name__label"',
    'true or false and true',
    '(false and true) or true',
    'true and false or true',
    '\n\t field "name__label"="web01" and true ',
  ])('%s', text => {
    expect(holds(text)).toBe(true);
  });
});

describe('expressions that do not', () => {
  test.each([
    'false',
    '"a"="b"',
    'field "tags"="web"',
    'not true or false',
    // Both words bind alike, left to right.
    'true or true and false',
    'field "name__label"="back\\\\slash"',
  ])('%s', text => {
    expect(holds(text)).toBe(false);
  });
});

const failure = (text: string): readonly string[] => {
  try {
    parseWhere('VM', text);
  } catch (error) {
    if (error instanceof XenError) return error.description;
    throw error;
  }
  return [];
};

describe('bad expressions', () => {
  test.each([
    '',
    'bogus',
    'field "x"',
    'field "power_state"="Running" and',
    'true)',
    '(true',
    'field \'a\'="b"',
    'TRUE',
    'trueish',
    '"open',
    'not',
    '"a"=',
  ])('%p is refused with the text itself', text => {
    expect(failure(text).slice(0, 2)).toEqual(['INVALID_VALUE', text]);
  });
  test.each(['nosuch', 'VCPUs_max', 'name_label'])('a column called %s does not exist', name => {
    expect(failure(`true or field "${name}"="x"`)).toEqual(['INTERNAL_ERROR', 'missing field', name, '']);
  });
  test('nesting is bounded, length is not', () => {
    expect(failure(`${'('.repeat(100)}true${')'.repeat(100)}`)[0]).toBe('INVALID_VALUE');
    expect(failure(`${'not '.repeat(100_000)}true`)[0]).toBe('INVALID_VALUE');
    expect(holds(`true${' and true'.repeat(50_000)}`)).toBe(true);
  });
});
