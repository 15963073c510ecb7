// The login of a session: sent on to the master of a pool, over TLS with the certificate of each host judged by itself.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fingerprintText, type TrustOptions, trustPolicy } from '../../../src/client/trust.ts';
import { login, type Session } from '../../../src/client/session.ts';
import { HttpTransport, type RpcRequest, type Transport } from '../../../src/client/transport.ts';
import { hostIsSlave, XenError } from '../../../src/model/error.ts';
import { makeCertificate, startTlsServer } from '../../support/tls-server.ts';

const credentials = { userName: 'root', password: 'secret' };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xcp-session-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('over TLS', () => {
  const MASTER = '127.0.0.2';
  const knownHostsPath = (): string => join(folder, 'known_hosts');

  /** A slave and its master: another address, the same port, another certificate. */
  const pool = async () => {
    const slave = await startTlsServer(makeCertificate(folder, 'slave', 'IP:127.0.0.1'), () => {
      throw hostIsSlave(MASTER);
    });
    const certificate = makeCertificate(folder, 'master', `IP:${MASTER}`);
    const answer = ({ method }: RpcRequest): string => (method.startsWith('session.login') ? 'OpaqueRef:session' : 'here');
    const master = await startTlsServer(certificate, answer, { host: MASTER, port: slave.port });
    const enter = (options: Partial<TrustOptions> = {}): Promise<Session> => {
      const trust = trustPolicy({ knownHostsPath: knownHostsPath(), warn: () => undefined, ...options });
      return login(new HttpTransport({ kind: 'tls', host: slave.host, port: slave.port }, { trust }), credentials);
    };
    return { slave, master, enter };
  };

  test('the client goes on to the master, each certificate pinned for its own host, and stays there', async () => {
    const { slave, master, enter } = await pool();
    await using first = slave;
    await using second = master;
    const session = await enter();
    expect(await session.raw('VM.get_name_label', ['x'])).toBe('here');
    await session.logout();
    expect(first.requests.map(({ method }) => method)).toEqual(['session.login_with_password']);
    expect(second.requests.map(({ method }) => method)).toEqual(['session.login_with_password', 'VM.get_name_label', 'session.logout']);
    const pins = readFileSync(knownHostsPath(), 'utf8').trim().split('\n');
    expect(pins.map(line => line.split(' ')[0])).toEqual([`127.0.0.1:${first.port}`, `${MASTER}:${second.port}`]);
    expect(new Set(pins.map(line => line.split(' ')[1])).size).toBe(2);
  });

  test('a master with another certificate than the pinned one is told nothing', async () => {
    const { slave, master, enter } = await pool();
    await using first = slave;
    await using second = master;
    writeFileSync(knownHostsPath(), `${MASTER}:${second.port} ${'0'.repeat(64)}\n`);
    await expect(enter()).rejects.toMatchObject({ problem: 'untrusted', server: `${MASTER}:${second.port}` });
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  test('a fingerprint that was given for the slave is not stretched to the master', async () => {
    const { slave, master, enter } = await pool();
    await using first = slave;
    await using second = master;
    await (await enter()).logout();
    const [, digits = ''] = readFileSync(knownHostsPath(), 'utf8').split('\n')[0]?.split(' ') ?? [];
    const before = second.requests.length;
    await expect(enter({ fingerprint: fingerprintText(digits) })).rejects.toMatchObject({ problem: 'untrusted' });
    expect(first.requests).toHaveLength(2);
    expect(second.requests).toHaveLength(before);
  });
});

describe('hosts that send the login on', () => {
  /** Hosts by name, each with the one that it takes for the master. */
  const hosts = (masters: Readonly<Record<string, string>>, refusal?: XenError) => {
    const asked: string[] = [];
    const open = new Set<string>();
    const at = (host: string): Transport => {
      open.add(host);
      return {
        request: async () => {
          asked.push(host);
          const master = masters[host];
          if (master !== undefined) throw hostIsSlave(master);
          if (refusal !== undefined) throw refusal;
          return `OpaqueRef:${host}`;
        },
        redirect: at,
        close: () => open.delete(host),
      };
    };
    return { at, asked, open };
  };

  test('in a circle are left where it closes, with the answer of the last', async () => {
    const { at, asked } = hosts({ a: 'b', b: 'a' });
    await expect(login(at('a'), credentials)).rejects.toEqual(hostIsSlave('b'));
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  test('to themselves are asked once more, not for ever', async () => {
    const { at, asked } = hosts({ a: 'a' });
    await expect(login(at('a'), credentials)).rejects.toEqual(hostIsSlave('a'));
    expect(asked).toEqual(['a', 'a']);
  });

  test('without an end are followed a few times', async () => {
    const { at, asked } = hosts(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`h${i}`, `h${i + 1}`])));
    await expect(login(at('h0'), credentials)).rejects.toMatchObject({ code: 'HOST_IS_SLAVE' });
    expect(asked).toEqual(['h0', 'h1', 'h2', 'h3']);
  });

  test('are let go, and so is a master that refuses', async () => {
    const { at, open } = hosts({ a: 'b' }, new XenError('SESSION_AUTHENTICATION_FAILED', ['root', 'x']));
    const first = at('a');
    await expect(login(first, credentials)).rejects.toMatchObject({ code: 'SESSION_AUTHENTICATION_FAILED' });
    expect([...open]).toEqual([]);
  });

  test('are not followed from the local socket, where nobody judged a certificate', () => {
    expect(new HttpTransport({ kind: 'unix', path: join(folder, 's') }).redirect('b')).toBeUndefined();
    expect(new HttpTransport({ kind: 'tcp', host: 'a', port: 81 }).redirect('b')).toMatchObject({
      address: { kind: 'tcp', host: 'b', port: 81 },
    });
  });
});
