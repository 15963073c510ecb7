// The reset of the network by all its names, through the program, where neither an agent nor a database can be asked.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram, startSimulatedHost } from '../../support/program.ts';

let folder: string;
let state: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-reset-'));
  state = join(folder, 'state');
  // It has run once, and is gone.
  await using host = await startSimulatedHost(folder);
  expect(host.isRunning()).toBe(true);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const breakDatabase = async (): Promise<void> => {
  for (const name of ['xcp.db-wal', 'xcp.db-shm']) await rm(join(state, name), { force: true });
  await writeFile(join(state, 'xcp.db'), 'this is no database');
};

describe('its names', () => {
  test.each([
    ['xcp host-network-reset', {}, ['host-network-reset', '--help']],
    ['xcp xe-reset-networking', {}, ['xe-reset-networking', '--help']],
    ['xe-reset-networking', { called: 'xe-reset-networking' }, ['--help']],
  ] as const)('%s', async (name, options, args) => {
    const { exit, stdout } = await runProgram(args, options);
    expect([exit, stdout.split('\n')[0]]).toEqual([0, `Usage: ${name} [options]`]);
    for (const word of ['--master', '--mode=', '--mode-v6', '--netmask', '--gateway-v6', '--vlan', '--dns']) expect(stdout).toContain(word);
  });

  test('a program called xe has no such command', async () => {
    const { exit, stderr } = await runProgram(['host-network-reset', '--yes'], { called: 'xe' });
    expect([exit, stderr]).toEqual([1, expect.stringContaining('Unknown command')]);
  });

  test('xcp help knows it', async () =>
    expect((await runProgram(['help', 'host-network-reset'])).stdout).toMatch(/optional params : device, mode, /));
});

test('what is wrong is said before anything is done', async () => {
  const reset = (...words: readonly string[]) => runProgram(['host-network-reset', '--state-dir', state, ...words]);
  for (const [words, said] of [
    [['--device=eth0', '--mode=static', '--ip=10.0.0'], /'10\.0\.0' is no IPv4 address/],
    [['--mode=fixed'], /--mode: 'fixed' is not one of none, dhcp, static/],
    [['device=eth0', 'speed=1'], /speed=1/],
  ] as const) {
    const { exit, stderr } = await reset(...words);
    expect([exit, stderr]).toEqual([1, expect.stringMatching(said)]);
  }
  const { stderr } = await runProgram(['host-network-reset', '--state-dir', join(folder, 'nowhere'), '--device=eth0', '--mode=dhcp']);
  expect(stderr).toMatch(/no notes of how hostd was started .*nowhere/);
});

test('without an agent and without a database, by the name that admins know', async () => {
  await breakDatabase();
  const words = ['--state-dir', state, '--device=eth0', '--mode=static', '--ip=10.0.0.9', '--netmask=255.255.255.0', '--vlan=7'];
  const refused = await runProgram(words, { called: 'xe-reset-networking', stdin: 'no\n' });
  expect([refused.exit, refused.stdout]).toEqual([1, expect.stringContaining('Nothing was changed.')]);
  const { exit, stdout } = await runProgram([...words, '--gateway', '10.0.0.1'], { called: 'xe-reset-networking', stdin: 'yes\n' });
  expect(stdout).toMatch(/device:\s+eth0\n\s+VLAN:\s+7\n\s+IPv4:\s+10\.0\.0\.9, netmask 255\.255\.255\.0, gateway 10\.0\.0\.1/);
  expect(stdout).toContain('The database cannot be read');
  expect(stdout).toContain('The network is reset on the switch.');
  expect(exit).toBe(0);
  expect(await readFile(join(state, 'network-reset'), 'utf8')).toBe(
    'DEVICE=eth0\nMODE=static\nMODE_V6=none\nVLAN=7\nIP=10.0.0.9\nNETMASK=255.255.255.0\nGATEWAY=10.0.0.1\n',
  );
});

test('what a crash left of the agent’s own notes is not trusted', async () => {
  await writeFile(join(state, 'network/hostd.json'), '{"options": ["--sta');
  const { exit, stderr } = await runProgram(['host-network-reset', '--state-dir', state, '--device=eth0', '--mode=dhcp', '--yes']);
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/no notes of how hostd was started/)]);
});
