// The XML-RPC package of the registry, by others than us, as a client: it reads what we write, and we read what it writes.

import { expect, test } from '@jest/globals';
import { type Client, createClient } from 'xmlrpc';
import { decodeValue } from '../../../src/model/codec.ts';
import { schema } from '../../../src/model/index.ts';
import { startTestHost, type TestHost } from './fixture.ts';

const start = async (): Promise<{ readonly host: TestHost; readonly client: Client }> => {
  const host = await startTestHost({ listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] });
  const address = host.addresses.find(each => each.kind === 'tcp');
  if (address?.kind !== 'tcp') throw new Error('no TCP listener');
  return { host, client: createClient({ host: address.host, port: address.port, path: '/' }) };
};

const call = (client: Client, method: string, ...params: readonly unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client.methodCall(method, [...params], (error, value) => (error instanceof Error ? reject(error) : resolve(value)));
  });

/** Times as the API writes them; the package makes dates of them. */
const withTimes = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString().replaceAll('-', '').replace('.000', '');
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]): [string, unknown] => [key, withTimes(item)]));
};

test('it reads whole records as they are', async () => {
  const { host, client } = await start();
  await using _ = host;
  for (const cls of ['host', 'pool'] as const) {
    const type = { kind: 'map', key: { kind: 'string' }, value: { kind: 'record', cls } } as const;
    const answer = withTimes(await call(client, `${cls}.get_all_records`, host.session));
    expect(answer).toMatchObject({ Status: 'Success' });
    const { Value }: { readonly Value?: unknown } = Object(answer);
    expect(decodeValue(type, Value, { schema })).toEqual(await host.call(`${cls}.get_all_records`));
  }
});

test('what it writes arrives as it was meant', async () => {
  const { host, client } = await start();
  await using _ = host;
  const self = host.services.self.pool;
  const config = { plain: 'text', markup: '<a href="x">&amp;</a> ]]>', letters: 'äöü 漢字 🙂', empty: '' };
  expect(await call(client, 'pool.set_other_config', host.session, self, config)).toEqual({ Status: 'Success', Value: '' });
  expect(await host.call('pool.get_other_config', self)).toEqual(config);
  expect(await call(client, 'pool.get_other_config', host.session, self)).toEqual({ Status: 'Success', Value: config });
});

test('it hears of failures', async () => {
  const { host, client } = await start();
  await using _ = host;
  expect(await call(client, 'pool.get_uuid', host.session, 'OpaqueRef:none')).toEqual({
    Status: 'Failure',
    ErrorDescription: ['HANDLE_INVALID', 'pool', 'OpaqueRef:none'],
  });
});
