// `help COMMAND`: pages for people at a terminal; for scripts, and for a program called xe, the record that they know.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { testIo } from '../../support/test-io.ts';

const help = async (name: string, programName: 'xcp' | 'xe', isTTY: boolean): Promise<string> => {
  const io = { ...testIo({ isTTY }), programName };
  expect(await runCli(['help', name], io)).toBe(0);
  return io.output.stdout;
};

test('at a terminal: an example, what each parameter takes, the call', async () => {
  const said = await help('vlan-create', 'xcp', true);
  expect(said).toContain('Example:\n    xcp vlan-create pif-uuid=PIF-UUID vlan=');
  expect(said).toMatch(/network-uuid=NETWORK-UUID +required; The uuid of a network, or its name/);
  expect(await help('vm-start', 'xcp', true)).toMatch(/paused=true\|false +optional; Given as --paused it means true\./);
  expect(await help('network-destroy', 'xcp', true)).toContain('It calls network.destroy.');
});

test('own commands too, and no page that goes on for ever', async () => {
  expect(await help('login', 'xcp', true)).toContain('Keep a session on a server');
  expect(await help('vm-param-set', 'xcp', true)).toMatch(/more are in the manual\./);
});

test.each([
  ['xcp', false],
  ['xe', true],
  ['xe', false],
] as const)('called %s, terminal %s: the record', async (name, isTTY) => {
  expect(await help('vm-start', name, isTTY)).toMatch(/^command name {12}: vm-start\n/);
});
