// `vm-migrate image-format:DISK=FORM`: servers that know of forms are told; others are not troubled with it.

import { expect, test } from '@jest/globals';
import { XenError } from '../../../src/model/error.ts';
import { runCli } from '../../../src/cli/main.ts';
import { FakeServer, type Records } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const none = 'OpaqueRef:NULL';
const plain = { is_a_template: false, is_a_snapshot: false, is_control_domain: false, power_state: 'Halted', suspend_VDI: none };

const records: Records = {
  VM: { 'OpaqueRef:vm': { uuid: 'vm-1', name_label: 'web01', VBDs: ['OpaqueRef:vbd'], VIFs: [], ...plain } },
  VBD: { 'OpaqueRef:vbd': { uuid: 'vbd-1', VDI: 'OpaqueRef:vdi', type: 'Disk' } },
  VDI: { 'OpaqueRef:vdi': { uuid: 'vdi-1', name_label: 'web01-root' } },
  SR: { 'OpaqueRef:sr': { uuid: 'sr-1', name_label: 'nas', type: 'nfs', content_type: 'user' } },
  host: { 'OpaqueRef:host': { uuid: 'host-1', name_label: 'host1' } },
  network: { 'OpaqueRef:net': { uuid: 'net-1', name_label: 'lan' } },
  PIF: { 'OpaqueRef:pif': { host: 'OpaqueRef:host', management: true, network: 'OpaqueRef:net' } },
};

/** What the source was sent. */
const sent = async (...words: readonly string[]): Promise<readonly unknown[]> => {
  let params: readonly unknown[] = [];
  const transport = new FakeServer(records, {
    answer: request => {
      if (request.method === 'host.migrate_receive') return { host: 'there' };
      if (request.method !== 'Async.VM.migrate_send') return undefined;
      params = request.params;
      throw new XenError('VM_HAS_VGPU', ['enough is seen']);
    },
  });
  const io = { ...testIo({ transport }), programName: 'xcp' };
  const argv = ['vm-migrate', 'vm=web01', 'remote-master=two', 'remote-username=root', 'remote-password=x', 'vdi:web01-root=nas', ...words];
  expect(await runCli(argv, io)).toBe(1);
  expect(io.output.stderr).toContain('enough is seen');
  return params;
};

test('a form that is asked for is sent, by the name of the disk or its uuid', async () => {
  expect((await sent('image-format:web01-root=qcow2')).slice(7)).toEqual([{}, { 'OpaqueRef:vdi': 'qcow2' }]);
  expect((await sent('image-format:vdi-1=vhd')).slice(7)).toEqual([{}, { 'OpaqueRef:vdi': 'vhd' }]);
});

test('without one nothing is sent that older servers do not know', async () => {
  expect(await sent()).toHaveLength(7);
});
