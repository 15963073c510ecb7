// `--dry-run` of every command: the server's check where there is one, else a refusal; in no case is the thing done.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { XenError } from '../../../src/model/error.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const [WEB, DB, HOST] = [
  '11111111-1111-1111-1111-111111111111',
  '22222222-2222-2222-2222-222222222222',
  '33333333-3333-3333-3333-333333333333',
];
const vm = (uuid: string, name: string) => ({
  uuid,
  name_label: name,
  is_a_template: false,
  is_control_domain: false,
  power_state: 'Halted',
});
const records = {
  VM: { 'OpaqueRef:w': vm(WEB, 'web'), 'OpaqueRef:d': vm(DB, 'db') },
  host: { 'OpaqueRef:h': { uuid: HOST, name_label: 'one', hostname: 'one' } },
};

const reads = /^session\.|\.get_(all_records(_where)?|by_uuid|record)$/;

/** What was said, and the calls that are more than reading. */
const run = async (line: string, answer: (request: RpcRequest) => unknown = () => undefined, programName = 'xcp') => {
  const done = (request: RpcRequest): unknown => answer(request) ?? (reads.test(request.method) ? undefined : '');
  const transport = new FakeServer(records, { answer: done });
  const io = testIo({ transport, env: { HOME: '/nonexistent' } });
  const code = await runCli(line.split(' '), { ...io, programName });
  const calls = transport.requests.filter(({ method }) => !reads.test(method)).map(({ method, params }) => [method, ...params.slice(1)]);
  return { ...io.output, code, calls };
};

const valid = (operation: string) => ['VM.assert_operation_valid', 'OpaqueRef:w', operation];

test.each<[string, readonly (readonly string[])[]]>([
  ['vm-start vm=web', [valid('start')]],
  ['vm-start vm=web on=one', [valid('start_on'), ['VM.assert_can_boot_here', 'OpaqueRef:w', 'OpaqueRef:h']]],
  ['vm-shutdown vm=web', [valid('clean_shutdown')]],
  ['vm-shutdown vm=web --force', [valid('hard_shutdown')]],
  ['vm-reboot vm=web', [valid('clean_reboot')]],
  ['vm-suspend vm=web', [valid('suspend')]],
  ['vm-resume vm=web', [valid('resume')]],
  ['vm-pause vm=web', [valid('pause')]],
  ['vm-unpause vm=web', [valid('unpause')]],
  ['vm-migrate vm=web host=one', [valid('pool_migrate'), ['VM.assert_can_boot_here', 'OpaqueRef:w', 'OpaqueRef:h']]],
  ['vm-clone vm=web new-name-label=x', [valid('clone')]],
  ['vm-copy vm=web new-name-label=x', [valid('copy')]],
  ['vm-snapshot vm=web new-name-label=x', [valid('snapshot')]],
  ['vm-checkpoint vm=web new-name-label=x', [valid('checkpoint')]],
  ['host-evacuate host=one', [['host.assert_can_evacuate', 'OpaqueRef:h']]],
])('%s --dry-run asks and does nothing', async (line, wanted) => {
  const { stdout, stderr, code, calls } = await run(`${line} --dry-run`);
  expect([code, stderr, calls]).toEqual([0, '', wanted]);
  expect(stdout).toMatch(new RegExp(`^[0-9a-f-]{36} \\((web|one)\\): ${line.split(' ')[0]} is possible\\n$`));
});

test('what stands in the way is told as the command itself would tell it', async () => {
  const answer = ({ method, params }: RpcRequest): unknown => {
    if (method === 'VM.assert_operation_valid' && params[1] === 'OpaqueRef:d')
      throw new XenError('VM_BAD_POWER_STATE', ['OpaqueRef:d', 'halted', 'running']);
    return undefined;
  };
  const one = await run('vm-start vm=db --dry-run', answer);
  expect([one.code, one.stdout]).toEqual([1, '']);
  expect(one.stderr).toContain(`${DB} (db)`);
  const several = await run('vm-start --multiple --dry-run', answer);
  expect(several.code).toBe(1);
  expect(several.stdout).toContain(`operation failed on ${DB}`);
  expect(several.calls.map(([method]) => method)).toEqual(['VM.assert_operation_valid', 'VM.assert_operation_valid']);
});

test.each([
  `vm-destroy uuid=${WEB}`,
  `vm-uninstall uuid=${WEB} --force`,
  `vm-param-set uuid=${WEB} name-label=x`,
  'network-create name-label=x',
  'vm-reset-powerstate vm=web --force',
  `host-disable uuid=${HOST}`,
  'vm-list',
])('%s --dry-run: nobody can tell, so nothing is done', async line => {
  const { stdout, stderr, code, calls } = await run(`${line} --dry-run`);
  expect([stdout, code, calls]).toEqual(['', 1, []]);
  expect(stderr).toContain(`${line.split(' ')[0]} has no --dry-run: nothing was done\n`);
});

test('--dry-run=false, and a program called xe, have nothing of it', async () => {
  expect((await run('network-create name-label=x dry-run=false')).calls.map(([method]) => method)).toContain('network.create');
  expect((await run('network-create name-label=x --dry-run', undefined, 'xe')).calls.map(([method]) => method)).toContain('network.create');
});

test('a migration within the pool still needs to be told where to', async () => {
  expect(await run('vm-migrate vm=web --dry-run')).toMatchObject({
    code: 1,
    calls: [],
    stderr: expect.stringContaining('No destination host'),
  });
});
