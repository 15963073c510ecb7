// What the model alone answers, over a real socket.

import { describe, expect, test } from '@jest/globals';
import type { PeerMessages, TypedOps } from '../../../src/hostd/dispatch/tables.ts';
import { failure, startTestHost } from './fixture.ts';

describe('generic messages', () => {
  test('getters, records, look-ups', async () => {
    await using host = await startTestHost();
    const [pool] = (await host.call('pool.get_all')) as string[];
    expect(await host.call('pool.get_name_label', pool)).toBe('Test pool');
    const record = (await host.call('pool.get_record', pool)) as { uuid: string; name_label: string };
    expect(record.name_label).toBe('Test pool');
    expect(await host.call('pool.get_by_uuid', record.uuid)).toBe(pool);
    expect(await host.call('host.get_by_name_label', 'one')).toEqual([host.services.self.host]);
    expect(await host.call('pool.get_all_records')).toEqual({ [String(pool)]: record });
    expect(await host.call('host_get_all')).toEqual([host.services.self.host]);
    expect(await host.call('host.get_all_where', 'field "name__label"="one"')).toEqual([host.services.self.host]);
  });

  test('setters, add, remove', async () => {
    await using host = await startTestHost();
    const { pool } = host.services.self;
    await host.call('pool.set_name_description', pool, 'a pool');
    expect(await host.call('pool.get_name_description', pool)).toBe('a pool');
    await host.call('pool.add_to_other_config', pool, 'k', 'v');
    expect(await failure(host.call('pool.add_to_other_config', pool, 'k', 'w'))).toEqual([
      'MAP_DUPLICATE_KEY',
      'pool',
      'other_config',
      pool,
      'k',
    ]);
    await host.call('pool.remove_from_other_config', pool, 'k');
    await host.call('pool.remove_from_other_config', pool, 'k');
    expect(await host.call('pool.get_other_config', pool)).toEqual({});
    await host.call('pool.add_tags', pool, 'x');
    await host.call('pool.add_tags', pool, 'x');
    expect(await host.call('pool.get_tags', pool)).toEqual(['x']);
  });

  test('what may be done with an object follows the fields that are set', async () => {
    await using host = await startTestHost();
    const vbd = await host.services.db.transaction(tx => tx.insert('VBD', { VM: tx.insert('VM', {}), type: 'Disk', empty: true }));
    const allowed = (): Promise<unknown> => host.call('VBD.get_allowed_operations', vbd);
    await host.call('VBD.set_bootable', vbd, true);
    expect(await allowed()).toEqual(['attach']);
    await host.call('VBD.set_type', vbd, 'CD');
    expect(await allowed()).toEqual(['attach', 'insert']);
  });

  test('objects that are only records', async () => {
    await using host = await startTestHost();
    const secret = await host.call('secret.create', { value: 'v' });
    expect(await host.call('secret.get_record', secret)).toMatchObject({ value: 'v', other_config: {} });
    await host.call('secret.destroy', secret);
    expect(await failure(host.call('secret.get_record', secret))).toEqual(['HANDLE_INVALID', 'secret', secret]);
  });
});

describe('refusals', () => {
  test.each([
    ['nosuch.get_all', [], ['MESSAGE_METHOD_UNKNOWN', 'nosuch.get_all']],
    ['VM.set_uuid', [], ['MESSAGE_METHOD_UNKNOWN', 'VM.set_uuid']],
    ['VMPP.get_all', [], ['MESSAGE_REMOVED']],
    ['VM.start', ['x'], ['MESSAGE_PARAMETER_COUNT_MISMATCH', 'VM.start', '3', '1']],
    ['Async.VM.get_all', [], ['Fault', 'No async mode for this operation (rpc: VM.get_all)']],
    ['Async.VM.start', ['x'], ['MESSAGE_PARAMETER_COUNT_MISMATCH', 'VM.start', '3', '1']],
    ['VM.start', ['x', false, false], ['NOT_IMPLEMENTED', 'VM.start']],
    ['Async.VM.start', ['x', false, false], ['NOT_IMPLEMENTED', 'VM.start']],
    ['VDI.create', [{ name_label: 'x' }], ['INTERNAL_ERROR', expect.stringContaining('SR')]],
    ['VM.start', ['x', 'true', false], ['INTERNAL_ERROR', 'VM.start.start_paused: expected bool, found a text']],
    ['VM.get_record', [5], ['INTERNAL_ERROR', 'VM.get_record.self: expected a reference']],
    ['xcp.nothing', [], ['MESSAGE_METHOD_UNKNOWN', 'xcp.nothing']],
    ['system.nothing', [], ['MESSAGE_METHOD_UNKNOWN', 'system.nothing']],
  ])('%s %j', async (method, params, expected) => {
    await using host = await startTestHost();
    expect(await failure(host.call(method, ...params))).toEqual(expected);
  });

  test('no session, a wrong one, one that is over', async () => {
    await using host = await startTestHost();
    expect(await failure(host.rpc('VM.get_all'))).toEqual(['MESSAGE_PARAMETER_COUNT_MISMATCH', 'VM.get_all', '0', '-1']);
    expect(await failure(host.rpc('VM.get_all', 'OpaqueRef:NULL'))).toEqual(['SESSION_INVALID', 'OpaqueRef:NULL']);
    await host.call('session.logout');
    expect(await failure(host.call('VM.get_all'))).toEqual(['SESSION_INVALID', host.session]);
  });

  test('a fault in an operation is told in one line and logged whole', async () => {
    const ops: TypedOps = { VM: { pause: () => Promise.reject(new TypeError('oops')) } };
    await using host = await startTestHost({ ops });
    expect(await failure(host.call('VM.pause', 'x'))).toEqual(['INTERNAL_ERROR', 'oops']);
    expect(host.logLines.join('')).toContain('an operation failed in a way it should not');
    expect(await host.call('VM.get_all')).toEqual([]);
  });

  test('system messages', async () => {
    await using host = await startTestHost();
    expect(await host.rpc('system.listMethods')).toContain('VM.migrate_send');
    expect(await host.rpc('system.isAlive:abc')).toBe('abc');
  });

  test('private messages need a session and their role', async () => {
    const peerMessages: PeerMessages = new Map([
      ['xcp.echo', { role: 'pool-operator', handler: async (_call, params) => ({ params, none: null }) }],
    ]);
    await using host = await startTestHost({ peerMessages });
    expect(await host.call('xcp.echo', 1, [null])).toEqual({ params: [1, [null]], none: null });
    expect(await failure(host.rpc('xcp.echo', 'OpaqueRef:NULL'))).toEqual(['SESSION_INVALID', 'OpaqueRef:NULL']);
  });
});
