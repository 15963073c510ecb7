import { expect, test } from '@jest/globals';
import { decodeIndex, encodeIndex, helpIndex } from '../../../src/cli/help-index.ts';
import { findCommand } from '../../../src/cli/commands.ts';

test('the index that is built into the executable says what the rows say', async () => {
  const index = await helpIndex();
  expect(decodeIndex(encodeIndex(index))).toEqual(index);
  expect(index.usage).toMatch(/^Usage: xcp /);
  expect(index.usage).toContain('Examples:\n  xcp vm-list');
  expect(index.commands.size).toBeGreaterThan(500);
  for (const name of ['vm-list', 'vm-start', 'vm-param-set', 'sr-create']) {
    expect(index.commands.get(name)).toBe((await findCommand(name))?.row.help);
  }
});
