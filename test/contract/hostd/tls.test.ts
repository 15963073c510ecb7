// TLS: the host's own certificate, peers that pin it, and clients that others wrote.

import { execFile } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createClient } from 'xen-api';
import { hashPassword, writeUsers } from '../../../src/hostd/auth/users.ts';
import { createPeerConnector } from '../../../src/hostd/peers.ts';
import { hostCertificate } from '../../../src/hostd/tls.ts';
import type { TypedOps } from '../../../src/hostd/dispatch/tables.ts';
import { startTestHost, type TestHost, type TestHostOptions } from './fixture.ts';

const run = promisify(execFile);

const start = (options: TestHostOptions = {}): Promise<TestHost> =>
  startTestHost({ ...options, listen: [{ kind: 'tls', host: '127.0.0.1', port: 0 }] });

const portOf = (host: TestHost): number => {
  const address = host.addresses.find(each => each.kind === 'tls');
  return address?.kind === 'tls' ? address.port : 0;
};

test('the certificate is made once and kept, its key for its owner alone', async () => {
  await using host = await start();
  const again = await hostCertificate(host.folder, 'another name');
  expect(again.fingerprint).toBe(host.fingerprint);
  expect((await stat(join(host.folder, 'tls', 'host.pem'))).mode & 0o777).toBe(0o600);
  await writeFile(join(host.folder, 'tls', 'host.pem'), 'damaged');
  await expect(hostCertificate(host.folder, 'x')).rejects.toThrow(/host\.pem does not hold/);
});

describe('peers', () => {
  const connect = (host: TestHost, fingerprint: string | undefined, sessionRef = host.session) =>
    createPeerConnector().connect({ url: `https://127.0.0.1:${portOf(host)}`, sessionRef, ...(fingerprint && { fingerprint }) });

  test('call each other over TLS with a pinned certificate', async () => {
    await using host = await start();
    await using peer = await connect(host, host.fingerprint);
    expect(await peer.call('pool.get_all', [])).toEqual([host.services.self.pool]);
    await expect(peer.call('VM.get_record', ['x'])).rejects.toMatchObject({ code: 'HANDLE_INVALID', params: ['VM', 'x'] });
    const session = await host.services.createSession({ originator: 'migration' });
    await using other = await connect(host, host.fingerprint, session);
    expect(await other.call('pool.get_all', [])).toHaveLength(1);
  });

  test('another certificate, nobody there, or no answer: unreachable', async () => {
    const ops: TypedOps = { VM: { get_possible_hosts: () => new Promise(() => undefined) } };
    await using host = await start({ ops });
    await using stranger = await connect(host, 'AB:'.repeat(31) + 'CD');
    await expect(stranger.call('pool.get_all', [])).rejects.toMatchObject({ name: 'DriverError', kind: 'unreachable' });
    await using unpinned = await connect(host, undefined);
    await expect(unpinned.call('pool.get_all', [])).rejects.toMatchObject({ kind: 'unreachable' });
    await using peer = await connect(host, host.fingerprint);
    await expect(peer.call('VM.get_possible_hosts', ['x'], { timeoutMs: 50 })).rejects.toMatchObject({ kind: 'unreachable' });
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(peer.call('VM.get_possible_hosts', ['x'], { signal: aborted })).rejects.toThrow('enough');
    await host.stop();
    await expect(peer.call('pool.get_all', [])).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

describe('clients of others', () => {
  const withRoot = async (): Promise<TestHost> => {
    // Some read the messages when they start.
    const host = await start({ ops: { message: { get_all_records: async () => ({}) } } });
    await writeUsers(host.folder, new Map([['root', { role: 'pool-admin', hash: await hashPassword('pass word') }]]));
    return host;
  };

  test('xen-api logs in, reads and watches', async () => {
    await using host = await withRoot();
    const client = createClient({
      url: `https://127.0.0.1:${portOf(host)}`,
      auth: { user: 'root', password: 'pass word' },
      allowUnauthorized: true,
    });
    await client.connect();
    await client.objectsFetched;
    const { self } = host.services;
    expect(Object.values(client.objects.all).map(({ $ref }) => $ref)).toEqual(expect.arrayContaining([self.pool, self.host]));
    await client.call('pool.set_name_label', self.pool, 'by xen-api');
    const poolName = (): unknown => Object.values(client.objects.all).find(({ $ref }) => $ref === self.pool)?.['name_label'];
    while (poolName() !== 'by xen-api') await sleep(5);
    await client.disconnect();
  }, 30_000);

  test("Python's xmlrpc.client", async () => {
    await using host = await withRoot();
    const script = `
import ssl, sys, xmlrpc.client
server = xmlrpc.client.ServerProxy('https://127.0.0.1:${portOf(host)}', context=ssl._create_unverified_context())
def value(reply):
    assert reply['Status'] == 'Success', reply
    return reply['Value']
session = value(server.session.login_with_password('root', 'pass word', '2.23', 'python'))
pool, = value(server.pool.get_all(session))
value(server.pool.set_name_description(session, pool, 'by <python> & co'))
print(value(server.pool.get_name_description(session, pool)))
print(sorted(value(server.host.get_all_records(session)).values(), key=str)[0]['name_label'])
first = value(getattr(server, 'event.from')(session, ['pool'], '', 1.0))
print(first['events'][0]['snapshot']['name_description'], first['valid_ref_counts']['pool'])
print(server.VM.get_record(session, 'x')['ErrorDescription'])
value(server.session.logout(session))
`;
    const { stdout } = await run('python3', ['-c', script]);
    expect(stdout.split('\n')).toEqual(['by <python> & co', 'one', 'by <python> & co 1', "['HANDLE_INVALID', 'VM', 'x']", '']);
  }, 30_000);
});
