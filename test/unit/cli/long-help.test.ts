// `help COMMAND` and `COMMAND --help`: pages for people at a terminal; for scripts, and for a program called xe, the record that they know.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { testIo } from '../../support/test-io.ts';

const NO_COLOR = { NO_COLOR: '1' };

const help = async (name: string, programName: 'xcp' | 'xe', isTTY: boolean, columns = 80): Promise<string> => {
  const made = testIo({ isTTY, env: NO_COLOR });
  const io = { ...made, programName, stdout: { ...made.stdout, columns } };
  expect(await runCli(['help', name], io)).toBe(0);
  return made.output.stdout;
};

test('at a terminal: lines to type, what each parameter means, the call', async () => {
  const said = await help('vlan-create', 'xcp', true, 120);
  expect(said).toContain('Examples\n    eth0=$(xcp pif-list ');
  expect(said).toContain('    xcp vlan-create pif-uuid=$eth0 vlan=42 network-uuid=dmz\n');
  expect(said).toMatch(
    /^Required\n[^]*^ {4}network-uuid=UUID\|NAME +The network that the VLAN is for; network= makes one\.\n[^]*^Optional\n/m,
  );
  expect(await help('vm-start', 'xcp', true)).toMatch(/^ {4}paused=true\|false +Makes the VMs ready and does not let them run/m);
  expect(await help('network-destroy', 'xcp', true)).toContain('XenAPI\n    It calls network.destroy.');
});

test('in an order that is always the same, with options, exit codes and where to read on', async () => {
  const titles = (text: string): readonly string[] => text.split('\n').filter(line => /^[A-Z][\w ]+$/.test(line));
  expect(titles(await help('host-disable', 'xcp', true))).toEqual([
    'Examples',
    'Optional',
    'Selectors',
    'Options',
    'Exit codes',
    'See also',
    'XenAPI',
  ]);
  expect(titles(await help('vif-list', 'xcp', true))).toEqual(['Examples', 'Optional', 'Filters', 'Options', 'Exit codes', 'See also']);
  const said = await help('vm-start', 'xcp', true, 200);
  expect(said).toContain(
    '-o table|json|ndjson|yaml|csv|value, --select FIELD,…, --minimal, --multiple, --parallel N, --dry-run, --timeout SECONDS',
  );
  expect(said).toMatch(/0 ok, 1 failed, 2 usage, 3 unreachable/);
  expect(said).toMatch(/vm-shutdown, vm-reboot, vm-list, xcp-vm\(1\)\n/);
});

test.each([40, 60, 80, 132])('at a terminal of %s columns no line is wider, but for a word that is', async columns => {
  for (const name of ['vm-migrate', 'vm-param-set', 'bond-create', 'vm-list', 'batch']) {
    const lines = (await help(name, 'xcp', true, columns)).split('\n');
    expect(lines.filter(line => line.length > columns && line.trim().replace(/ \\$/, '').includes(' '))).toEqual([]);
  }
});

test('a command that is broken over lines is still the command', async () => {
  const said = await help('vm-install', 'xcp', true, 50);
  expect(said).toContain('    xcp vm-install template="Debian Bookworm 12" \\\n        new-name-label=web01\n');
});

test('headings are bold where colours are allowed', async () => {
  const io = { ...testIo({ isTTY: true }), programName: 'xcp' };
  await runCli(['help', 'vm-start'], io);
  expect(io.output.stdout).toContain('\u001b[1mExamples\u001b[22m\n');
  expect(await help('vm-start', 'xcp', true)).not.toContain('\u001b');
});

test('own commands too; the fields of a list stand in one paragraph', async () => {
  expect(await help('login', 'xcp', true)).toContain('Keep a session on a server');
  expect((await help('vm-list', 'xcp', true)).split('\n').length).toBeLessThan(70);
  expect(await help('vm-param-set', 'xcp', true)).toMatch(/^ {4}VCPUs-max=NUMBER +The most vCPUs/m);
});

test.each([
  ['xcp', false],
  ['xe', true],
  ['xe', false],
] as const)('called %s, terminal %s: the record', async (name, isTTY) => {
  expect(await help('vm-start', name, isTTY)).toMatch(/^command name {12}: vm-start\n/);
});

test('scripts get the record of own commands too, but of a program called xe', async () => {
  expect(await help('logout', 'xcp', false)).toMatch(/^command name {12}: logout\n +reqd params +: \n +optional params +: all\n/);
  expect(await help('logout', 'xe', false)).toBe("Unknown command 'logout'\n");
});

const asOption = async (argv: readonly string[], programName: 'xcp' | 'xe', isTTY: boolean) => {
  const io = { ...testIo({ isTTY, env: NO_COLOR }), programName };
  expect(await runCli(argv, io)).toBe(0);
  return io.output;
};

test('COMMAND --help is the same page, where scripts expect the usage', async () => {
  const page = await help('vm-start', 'xcp', true);
  expect((await asOption(['vm-start', '--help'], 'xcp', true)).stdout).toBe(page);
  expect((await asOption(['vm-start', 'vm=web', '-help'], 'xcp', true)).stdout).toBe(page);
  expect(await asOption(['vm-start', '--help'], 'xcp', false)).toEqual({ stdout: '', stderr: page });
  expect((await asOption(['apply', '--help'], 'xcp', true)).stdout).toContain('Examples\n');
});

test('COMMAND --help of a program called xe, or of no command, is the usage', async () => {
  const usage = await asOption(['--help'], 'xe', true);
  expect(await asOption(['vm-start', '--help'], 'xe', true)).toEqual(usage);
  expect(await asOption(['frobnicate', '--help'], 'xcp', true)).toEqual(await asOption(['--help'], 'xcp', true));
});

test('the record of an own command, which a program called xe does not have', async () => {
  const said = await help('host-network-reset', 'xcp', false);
  expect(said).toMatch(/optional params : device, mode, ip, netmask, /);
  const io = { ...testIo({ isTTY: false }), programName: 'xe' as const };
  await runCli(['help', 'host-network-reset'], io);
  expect(io.output.stderr + io.output.stdout).toContain("Unknown command 'host-network-reset'");
});

test('with a server before its name, a reset says where it is done', async () => {
  const io = { ...testIo({ isTTY: false }), programName: 'xcp' as const };
  expect(await runCli(['-s', 'elsewhere', 'host-network-reset', 'device=eth0'], io)).toBe(1);
  expect(io.output.stderr).toMatch(/on the host that has lost it/);
});
