// What the model alone answers, over a real socket.

import { describe, expect, test } from '@jest/globals';
import { isXenError } from '../../../src/model/error.ts';
import { startTestHost } from './fixture.ts';

const failure = async (call: Promise<unknown>): Promise<readonly string[]> => {
  try {
    await call;
  } catch (error) {
    if (isXenError(error)) return error.description;
    throw error;
  }
  throw new Error('the call went well');
};

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

  test('objects that are only records', async () => {
    await using host = await startTestHost();
    const secret = await host.call('secret.create', { value: 'v' });
    expect(await host.call('secret.get_record', secret)).toMatchObject({ value: 'v', other_config: {} });
    await host.call('secret.destroy', secret);
    expect(await failure(host.call('secret.get_record', secret))).toEqual(['HANDLE_INVALID', 'secret', secret]);
  });
});
