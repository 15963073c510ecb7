import { expect, test } from '@jest/globals';
import { recordText, tableText } from '../../../src/hostd/dispatch/record-text.ts';

const vm = { uuid: 'u', name_label: 'a "quoted"\nname', VBDs: ['OpaqueRef:1'], other_config: { key: 'ü' }, memory: 5, hvm: false };

test('the text of a record is its JSON, the first time and the next', () => {
  const record = Object.freeze({ ...vm });
  expect(recordText(record)).toBe(JSON.stringify(vm));
  expect(recordText(record)).toBe(JSON.stringify(vm));
});

test('a record that may change is written anew each time', () => {
  const record = { ...vm };
  recordText(record);
  record.name_label = 'changed';
  expect(recordText(record)).toBe(JSON.stringify(record));
});

test('a table is one object of its records, in their order', () => {
  const table = { 'OpaqueRef:b': Object.freeze({ ...vm }), 'OpaqueRef:a': { uuid: 'v' }, 'odd "key"': null };
  expect(tableText(table)).toBe(JSON.stringify(table));
  expect(tableText({})).toBe('{}');
});
