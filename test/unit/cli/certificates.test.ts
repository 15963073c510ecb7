// Which certificates the command line accepts, over real TLS: by a CA that was given, and at the first contact by the user's word.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { makeCertificate, startTlsServer, type TlsServer } from '../../support/tls-server.ts';
import { testIo, type TestIoOptions } from '../../support/test-io.ts';

const HOST = '11111111-1111-1111-1111-111111111111';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xcp-certificates-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const knownHosts = (): string => join(folder, 'config', 'xcp', 'known_hosts');

const answer = ({ method }: RpcRequest): unknown => {
  if (method === 'session.login_with_password') return 'OpaqueRef:session';
  return method === 'host.get_all_records' ? { 'OpaqueRef:h': { uuid: HOST, name_label: 'one' } } : '';
};

const list = async (server: TlsServer, words: readonly string[], options: TestIoOptions = {}) => {
  const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), XDG_CACHE_HOME: join(folder, 'cache') };
  const io = testIo({ ...options, env });
  const at = ['-s', `https://${server.host}:${server.port}`, '-pw', 'secret'];
  const code = await runCli(['host-list', '--minimal', ...at, ...words], { ...io, programName: 'xcp' });
  return { ...io.output, code };
};

describe('a CA that is given', () => {
  const caPath = (): string => join(folder, 'ca.pem');

  test('vouches for a certificate that it has signed, for this name', async () => {
    const ca = makeCertificate(folder, 'ca', 'DNS:ca');
    await using server = await startTlsServer(makeCertificate(folder, 'host', 'IP:127.0.0.1', ca), answer);
    expect(await list(server, ['--ca-file', caPath()])).toEqual({ stdout: `${HOST}\n`, stderr: '', code: 0 });
    // Nothing is pinned: the CA is what counts.
    expect(existsSync(knownHosts())).toBe(false);
  });

  test.each([
    ['for another name', 'IP:127.0.0.9', true],
    ['by another', 'IP:127.0.0.1', false],
  ])('and not for one that was signed %s; nothing is told to that server, and the user not asked', async (_how, altName, isSigned) => {
    const ca = makeCertificate(folder, 'ca', 'DNS:ca');
    const signer = isSigned ? ca : makeCertificate(folder, 'other', 'DNS:ca');
    await using server = await startTlsServer(makeCertificate(folder, 'host', altName, signer), answer);
    const { stdout, stderr, code } = await list(server, ['--ca-file', caPath()], { isTTY: true, stdin: 'yes\n' });
    expect([stdout, code]).toEqual(['', 1]);
    expect(stderr).toContain('is not signed by the given CA');
    expect(stderr).not.toContain('Trust it');
    expect(server.requests).toEqual([]);
    expect(existsSync(knownHosts())).toBe(false);
  });

  test('is told if it cannot be read, before anybody is asked', async () => {
    await using server = await startTlsServer(makeCertificate(folder, 'host', 'IP:127.0.0.1'), answer);
    expect(await list(server, ['--ca-file', join(folder, 'none.pem')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none.pem'),
    });
    expect(server.connections()).toBe(0);
  });
});

describe('the first contact', () => {
  const start = () => startTlsServer(makeCertificate(folder, 'host', 'IP:127.0.0.1'), answer);
  const question =
    /^The certificate of 127\.0\.0\.1:\d+ is not known yet\. SHA-256: (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\nTrust it from now on\? \(yes\/no\) $/;

  test('on a terminal asks; yes pins, and from then on nobody is asked', async () => {
    await using server = await start();
    const first = await list(server, [], { isTTY: true, stdin: 'yes\n' });
    expect([first.code, first.stdout]).toEqual([0, `${HOST}\n`]);
    expect(first.stderr).toMatch(question);
    expect(readFileSync(knownHosts(), 'utf8')).toMatch(/^127\.0\.0\.1:\d+ [0-9a-f]{64}\n$/);
    expect(await list(server, [], { isTTY: true, stdin: 'no\n' })).toEqual({ code: 0, stdout: `${HOST}\n`, stderr: '' });
  });

  test.each(['no', '', 'y', 'yes please'])(
    "on a terminal: '%s' is no; the server hears no password, nothing is pinned, the next asks again",
    async word => {
      await using server = await start();
      for (let i = 0; i < 2; i += 1) {
        const said = await list(server, [], { isTTY: true, stdin: `${word}\n` });
        expect([said.code, said.stdout]).toEqual([1, '']);
        expect(said.stderr).toContain('Trust it from now on?');
        expect(said.stderr).toContain('was not accepted');
      }
      expect(server.requests).toEqual([]);
      expect(existsSync(knownHosts())).toBe(false);
    },
  );

  test('without a terminal pins, with a note', async () => {
    await using server = await start();
    const first = await list(server, [], { stdin: 'no\n' });
    expect([first.code, first.stdout]).toEqual([0, `${HOST}\n`]);
    expect(first.stderr).toMatch(/^Note: pinned the certificate of 127\.0\.0\.1:\d+ at first contact/);
    expect(await list(server, [])).toMatchObject({ code: 0, stderr: '' });
  });

  test('asks nobody where the fingerprint was given', async () => {
    await using server = await start();
    const { stderr } = await list(server, []);
    const fingerprint = /SHA-256 ([0-9A-F:]+)\)/.exec(stderr)?.[1] ?? '';
    rmSync(knownHosts());
    expect(await list(server, ['--fingerprint', fingerprint], { isTTY: true, stdin: 'no\n' })).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(knownHosts())).toBe(false);
  });
});
