// Names where uuids are asked for: which objects a name means.

import { expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { FakeServer, type Records } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const uuidOf = (digit: string): string => `${digit.repeat(8)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(4)}-${digit.repeat(12)}`;

const vdi = (digit: string, name: string, isSnapshot = false): Readonly<Record<string, unknown>> => ({
  uuid: uuidOf(digit),
  name_label: name,
  name_description: '',
  is_a_snapshot: isSnapshot,
});

const records: Records = {
  VDI: {
    'OpaqueRef:1': vdi('1', 'data'),
    'OpaqueRef:2': vdi('2', 'data', true),
    'OpaqueRef:3': vdi('3', 'data', true),
    'OpaqueRef:4': vdi('4', 'kept', true),
    'OpaqueRef:5': vdi('5', 'twice'),
    'OpaqueRef:6': vdi('6', 'twice'),
  },
  host: { 'OpaqueRef:9': { uuid: uuidOf('9'), name_label: 'host1', hostname: 'host1' } },
  VM: {
    'OpaqueRef:7': {
      uuid: uuidOf('7'),
      name_label: 'web',
      is_a_template: false,
      is_a_snapshot: false,
      is_control_domain: false,
      VBDs: [],
      resident_on: 'OpaqueRef:9',
    },
    'OpaqueRef:8': {
      uuid: uuidOf('8'),
      name_label: 'before',
      is_a_template: true,
      is_a_snapshot: true,
      is_control_domain: false,
      VBDs: [],
    },
  },
};

const run = async (...argv: readonly string[]) => {
  const server = new FakeServer(records);
  const io = { ...testIo({ transport: server }), programName: 'xcp' };
  return { code: await runCli(argv, io), ...io.output, requests: server.requests };
};

const uuidShown = async (name: string): Promise<string> => (await run('vdi-param-get', `uuid=${name}`, 'param-name=uuid')).stdout;

test('the name of a disk means the disk, not its snapshots', async () => {
  expect(await uuidShown('data')).toBe(`${uuidOf('1')}\n`);
});

test('a snapshot is meant where no disk has the name', async () => {
  expect(await uuidShown('kept')).toBe(`${uuidOf('4')}\n`);
});

test('several disks of a name are named', async () => {
  const { stderr } = await run('vdi-param-get', 'uuid=twice', 'param-name=uuid');
  expect(stderr).toContain("2 objects of class VDI are called 'twice'");
  expect(stderr).toContain(uuidOf('5'));
  expect(stderr).toContain(uuidOf('6'));
});

test('filters of selectors and fields that refer to an object take its name', async () => {
  expect((await run('vm-disk-list', 'resident-on=host1')).code).toBe(0);
  expect(await run('vm-disk-list', 'resident-on=host2')).toMatchObject({ code: 1, stderr: 'Error: No matching VMs found\n' });
  expect((await run('vm-list', 'resident-on=host1', '--minimal')).stdout).toBe(`${uuidOf('7')}\n`);
  const set = await run('vm-param-set', `uuid=${uuidOf('7')}`, 'affinity=host1');
  expect(set.requests.find(({ method }) => method === 'VM.set_affinity')?.params.slice(1)).toEqual(['OpaqueRef:7', 'OpaqueRef:9']);
});

test('a snapshot of a VM is found by commands that have selectors too', async () => {
  const { code, requests } = await run('snapshot-disk-list', 'uuid=before');
  expect(code).toBe(0);
  expect(requests.find(({ method }) => method === 'VM.get_by_uuid')?.params[1]).toBe(uuidOf('8'));
});
