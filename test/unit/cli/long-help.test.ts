// `help COMMAND` and `COMMAND --help`: pages for people at a terminal; for scripts, and for a program called xe, the record that they know.

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

const asOption = async (argv: readonly string[], programName: 'xcp' | 'xe', isTTY: boolean) => {
  const io = { ...testIo({ isTTY }), programName };
  expect(await runCli(argv, io)).toBe(0);
  return io.output;
};

test('COMMAND --help is the same page, where scripts expect the usage', async () => {
  const page = await help('vm-start', 'xcp', true);
  expect((await asOption(['vm-start', '--help'], 'xcp', true)).stdout).toBe(page);
  expect((await asOption(['vm-start', 'vm=web', '-help'], 'xcp', true)).stdout).toBe(page);
  expect(await asOption(['vm-start', '--help'], 'xcp', false)).toEqual({ stdout: '', stderr: page });
  expect((await asOption(['apply', '--help'], 'xcp', true)).stdout).toContain('Example:');
});

test('COMMAND --help of a program called xe, or of no command, is the usage', async () => {
  const usage = await asOption(['--help'], 'xe', true);
  expect(await asOption(['vm-start', '--help'], 'xe', true)).toEqual(usage);
  expect(await asOption(['frobnicate', '--help'], 'xcp', true)).toEqual(await asOption(['--help'], 'xcp', true));
});
