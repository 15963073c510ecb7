// A server that is newer than this program: fields, values of enumerations, classes, events and errors that it has never heard of.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { decodeXmlAnswer } from '../../../src/client/xmlrpc.ts';
import { XenError } from '../../../src/model/error.ts';
import { serializeSuccess } from '../../../src/wire/xmlrpc.ts';
import { FakeServer, type Records } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const uuid = '11111111-1111-1111-1111-111111111111';

const vm = {
  uuid,
  name_label: 'web',
  is_a_template: false,
  is_a_snapshot: false,
  is_control_domain: false,
  power_state: 'Hibernated',
  actions_after_crash: 'restart_elsewhere',
  domain_type: 'pvh2',
  allowed_operations: ['start', 'teleport'],
  current_operations: { 'OpaqueRef:t': 'teleport' },
  blocked_operations: { teleport: 'not now' },
  resident_on: 'OpaqueRef:h',
  quantum_state: { entangled: ['OpaqueRef:q'] },
  orbit: 'OpaqueRef:o',
};

const records: Records = {
  VM: { 'OpaqueRef:v': vm },
  host: { 'OpaqueRef:h': { uuid: '22222222-2222-2222-2222-222222222222', name_label: 'far', gravity: 9.81 } },
  Orbit: { 'OpaqueRef:o': { uuid: '33333333-3333-3333-3333-333333333333', radius: 1 } },
};

const run = async (words: readonly string[], answer?: (request: RpcRequest) => unknown, programName = 'xcp') => {
  const transport = new FakeServer(records, answer === undefined ? {} : { answer });
  const io = testIo({ transport, env: { HOME: '/nonexistent' } });
  const code = await runCli(words, { ...io, programName });
  return { ...io.output, code };
};

test.each(['xe', 'xcp'])(
  '%s shows values that it does not know as they are, and passes over fields that it does not know',
  async programName => {
    const { stdout, stderr, code } = await run(['vm-param-list', `uuid=${uuid}`], undefined, programName);
    expect([code, stderr]).toEqual([0, '']);
    for (const line of [
      'power-state ( RO): hibernated',
      'actions-after-crash ( RW): restart_elsewhere',
      'domain-type ( RW): pvh2',
      'allowed-operations (SRO): start; teleport',
      'current-operations (SRO): teleport',
      'blocked-operations (MRW): teleport: not now',
    ])
      expect(stdout).toContain(` ${line}\n`);
    expect(stdout).not.toContain('quantum');
  },
);

test('as data, and in filters, they are values like any other', async () => {
  const { stdout } = await run([
    'vm-list',
    'power-state=hibernated',
    '-o',
    'json',
    '--select',
    'power-state,domain-type,allowed-operations,resident-on',
  ]);
  expect(JSON.parse(stdout)).toEqual([
    {
      'power-state': 'hibernated',
      'domain-type': 'pvh2',
      'allowed-operations': ['start', 'teleport'],
      'resident-on': { uuid: '22222222-2222-2222-2222-222222222222', name: 'far' },
    },
  ]);
  expect((await run(['vm-list', 'allowed-operations:contains=teleport', '--minimal'])).stdout).toBe(`${uuid}\n`);
  expect((await run(['vm-list', 'power-state=running', '--minimal'])).stdout).toBe('\n');
});

test('XML-RPC brings the fields and values that the model does not have', async () => {
  const decoded = await decodeXmlAnswer('VM.get_record', Buffer.from(serializeSuccess({ ...vm, VCPUs_max: '4' })));
  expect(decoded).toEqual({ ...vm, VCPUs_max: 4 });
  expect(await decodeXmlAnswer('Orbit.get_record', Buffer.from(serializeSuccess({ radius: '1' })))).toEqual({ radius: '1' });
});

test('events of classes and operations that it does not know do not disturb a list that waits', async () => {
  let asked = 0;
  const answer = ({ method }: RpcRequest): unknown => {
    if (method !== 'event.from') return undefined;
    asked += 1;
    const snapshot = { ...vm, power_state: asked > 1 ? 'Running' : 'Hibernated' };
    const strange = { id: '1', class: 'orbit', operation: 'add', ref: 'OpaqueRef:o', snapshot: records['Orbit']?.['OpaqueRef:o'] };
    const unheard = { id: '2', class: 'vm', operation: 'teleported', ref: 'OpaqueRef:v', snapshot };
    const events = [strange, unheard, { id: '3', class: 'vm', operation: asked > 1 ? 'mod' : 'add', ref: 'OpaqueRef:v', snapshot }];
    return { events, valid_ref_counts: {}, token: String(asked), causality: 'weak' };
  };
  const said = await run(['vm-list', 'power-state=running', '--wait', '-o', 'value', '--select', 'name-label', '--timeout', '20'], answer);
  expect(said).toEqual({ stdout: 'web\n', stderr: '', code: 0 });
  expect(asked).toBe(2);
});

test('an error that it does not know is told with its code and all it says', async () => {
  const answer = ({ method }: RpcRequest): unknown => {
    if (method === 'VM.set_name_description') throw new XenError('VM_IS_ENTANGLED', ['OpaqueRef:v', 'spin']);
    return undefined;
  };
  const { stderr, code } = await run(['vm-param-set', `uuid=${uuid}`, 'name-description=x'], answer);
  expect(code).toBe(1);
  expect(stderr).toBe(`Error code: VM_IS_ENTANGLED\nError parameters: ${uuid} (web), spin\n`);
});
