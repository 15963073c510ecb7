// "Did you mean": on a terminal, for commands, parameters and fields that are nearly right. Scripts, and a program called `xe`, get the
// text that they know.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const uuid = '11111111-1111-1111-1111-111111111111';
const vm = { uuid, name_label: 'web', is_a_template: false, is_control_domain: false, power_state: 'Halted' };

const run = async (line: string, options: { readonly isTTY?: boolean; readonly programName?: string } = {}) => {
  const { isTTY = true, programName = 'xcp' } = options;
  const transport = new FakeServer({ VM: { 'OpaqueRef:v': vm } });
  const io = testIo({ transport, isTTY, env: { HOME: '/nonexistent' } });
  const code = await runCli(line.split(' '), { ...io, programName });
  return { ...io.output, code, requests: transport.requests };
};

const cases: readonly (readonly [line: string, error: string, suggestion: string])[] = [
  ['vm-strat vm=web', 'Unknown command: vm-strat\n', 'Did you mean vm-start'],
  ['bond-shwo', 'Unknown command: bond-shwo\n', 'Did you mean bond-show'],
  ['network-create name-labl=x', 'Required parameter not found: name-label\n', "Did you mean name-label instead of 'name-labl'?\n"],
  [
    `vm-param-get uuid=${uuid} parm-name=uuid`,
    'Required parameter not found: param-name\n',
    "Did you mean param-name instead of 'parm-name'?\n",
  ],
  ['vm-list power-stat=halted', "Error: Unknown field 'power-stat'\n", "Did you mean power-state instead of 'power-stat'?\n"],
  ['vm-start vm=wen', 'Error: No matching VMs found\n', "Did you mean web instead of 'wen'?\n"],
  ['vm-start vm=web pausd=true', "Error: Unknown field 'pausd'\n", "paused instead of 'pausd'?\n"],
  [
    `vm-param-set uuid=${uuid} name-labell=x`,
    "Error: Unknown field 'name-labell'\n",
    "Did you mean name-label instead of 'name-labell'?\n",
  ],
];

test.each(cases)('%s', async (line, error, suggestion) => {
  const said = await run(line);
  expect(said.stdout).toBe('');
  expect(said.stderr).toContain(error);
  expect(said.stderr).toContain(suggestion);
  const plain = [await run(line, { isTTY: false }), await run(line, { programName: 'xe' })];
  for (const each of plain) {
    expect(each.stderr).toContain(error);
    expect(each.stderr).not.toContain('Did you mean');
    expect(each.code).toBe(said.code);
  }
});

test.each(['frobnicate', 'vm-list nonsense-of-mine=1', 'network-create', 'network-create bridge=x'])(
  '%s: nothing is near, nothing is guessed',
  async line => {
    const { stderr, code } = await run(line);
    expect(code).toBe(1);
    expect(stderr).not.toContain('Did you mean');
  },
);

test('the word to type for help is the one that was typed, and the old one in scripts', async () => {
  const hint = async (options: Parameters<typeof run>[1]): Promise<string | undefined> =>
    (await run('frobnicate', options)).stderr.split('\n').find(line => line.startsWith('For usage'));
  expect(await hint({})).toBe("For usage run: 'xcp help'");
  expect(await hint({ isTTY: false })).toBe("For usage run: 'xe help'");
  expect(await hint({ programName: 'xe' })).toBe("For usage run: 'xe help'");
});
