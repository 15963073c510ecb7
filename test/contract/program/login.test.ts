// Sessions that are kept, and servers that are not known yet: `xcp login` and `logout`, certificates, through the program over real
// sockets.

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { makeCertificate, startTlsServer } from '../../support/tls-server.ts';
import { type Outcome, runProgram, type SimulatedHost, startSimulatedHost } from '../../support/program.ts';

const PASSWORD = 'correct horse battery';

let folder: string;
let home: string;
let host: SimulatedHost;
let plain: string;
let secure: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-login-'));
  const set = await runProgram(['hostd', 'passwd', 'root', '--state-dir', join(folder, 'state')], { stdin: `${PASSWORD}\n` });
  expect(set.exit).toBe(0);
  host = await startSimulatedHost(folder, ['--listen', 'tcp:127.0.0.1:0', '--listen', 'tls:127.0.0.1:0']);
  const ports = [...host.log().matchAll(/"address":"(tcp|tls):127\.0\.0\.1:(\d+)"/g)];
  plain = `http://127.0.0.1:${ports.find(([, kind]) => kind === 'tcp')?.[2]}`;
  secure = `https://127.0.0.1:${ports.find(([, kind]) => kind === 'tls')?.[2]}`;
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  home = await mkdtemp(join(folder, 'home-'));
  await mkdir(join(home, 'run'), { mode: 0o700 });
  await writeFile(join(home, 'password'), `root\n${PASSWORD}\n`, { mode: 0o600 });
});

const xcp = (...args: readonly string[]): Promise<Outcome> =>
  runProgram(args, { env: { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XCP_SERVER: '' }, cwd: home });

describe('a kept session', () => {
  const login = (): Promise<Outcome> => xcp('login', '-s', plain, '-pwf', 'password');
  const kept = async (): Promise<string> => {
    const [name = ''] = await readdir(join(home, 'run', 'xcp'));
    return join(home, 'run', 'xcp', name);
  };

  test('serves the commands that follow without a password, until logout', async () => {
    expect(await xcp('host-list', '-s', plain, '--minimal')).toMatchObject({ exit: 1 });
    expect(await login()).toMatchObject({ exit: 0, stderr: '' });
    for (let i = 0; i < 2; i += 1) expect((await xcp('host-list', '-s', plain, '--minimal')).stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(await xcp('logout', '-s', plain)).toMatchObject({ exit: 0, stderr: '' });
    expect(await readdir(join(home, 'run', 'xcp'))).toEqual([]);
    expect(await xcp('host-list', '-s', plain, '--minimal')).toMatchObject({ exit: 1 });
    expect(await xcp('logout', '-s', plain)).toMatchObject({ exit: 1 });
  });

  test('can be read by its user alone, and holds no password', async () => {
    await login();
    const path = await kept();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'run', 'xcp'))).mode & 0o777).toBe(0o700);
    expect(await readFile(path, 'utf8')).not.toContain(PASSWORD);
  });

  test('that others could read, or that is a link, is not used', async () => {
    await login();
    const path = await kept();
    await chmod(path, 0o640);
    expect(await xcp('host-list', '-s', plain)).toMatchObject({ exit: 1, stdout: '' });
    await chmod(path, 0o600);
    expect((await xcp('host-list', '-s', plain)).exit).toBe(0);
    const text = await readFile(path);
    await rm(path);
    await writeFile(join(home, 'elsewhere'), text, { mode: 0o600 });
    await symlink(join(home, 'elsewhere'), path);
    expect(await xcp('host-list', '-s', plain)).toMatchObject({ exit: 1, stdout: '' });
  });

  test("a folder that is not the user's alone is refused", async () => {
    await mkdir(join(home, 'run', 'xcp'), { mode: 0o755 });
    await chmod(join(home, 'run', 'xcp'), 0o755);
    const said = await login();
    expect(said.exit).toBe(1);
    expect(said.stderr).toContain('is not yours alone');
    expect(await readdir(join(home, 'run', 'xcp'))).toEqual([]);
  });

  test('that has ended is told, and forgotten', async () => {
    await login();
    const path = await kept();
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...Object(record), session: 'OpaqueRef:gone' }));
    const said = await xcp('host-list', '-s', plain);
    expect(said.exit).toBe(1);
    expect(said.stderr).toContain('log in again: xcp login');
    expect(await readdir(join(home, 'run', 'xcp'))).toEqual([]);
  });

  test('counts neither for another user name, nor where a password is given, nor for a program called xe', async () => {
    await login();
    expect(await xcp('host-list', '-s', plain, '-u', 'guest')).toMatchObject({ exit: 1 });
    expect(await xcp('host-list', '-s', plain, '-pw', 'wrong')).toMatchObject({ exit: 1 });
    const asXe = await runProgram(['host-list', '-s', plain], { env: { HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }, called: 'xe' });
    expect(asXe).toMatchObject({ exit: 1, stdout: '' });
  });

  test('is not asked for of the local server', async () => {
    const said = await runProgram(['login'], { env: { HOME: home, XCP_SERVER: host.server } });
    expect(said.stderr).toContain('asks for no password');
  });
});

describe('a certificate', () => {
  const list = (...more: readonly string[]): Promise<Outcome> => xcp('host-list', '--minimal', '-s', secure, '-pwf', 'password', ...more);

  test('is pinned at the first contact, with a note where nobody can be asked, and from then on only that one is taken', async () => {
    const first = await list();
    expect(first.exit).toBe(0);
    expect(first.stderr).toMatch(
      /^Note: pinned the certificate of 127\.0\.0\.1:\d+ at first contact \(SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\)\.\n$/,
    );
    expect(await list()).toMatchObject({ exit: 0, stderr: '' });
    const known = join(home, '.config', 'xcp', 'known_hosts');
    const text = await readFile(known, 'utf8');
    await writeFile(known, text.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
    const other = await list();
    expect(other).toMatchObject({ exit: 1, stdout: '' });
    expect(other.stderr).toContain(`remove the line of`);
  });

  test('is that of a given fingerprint, or it is refused and not kept', async () => {
    const right = (await list()).stderr.match(/([0-9A-F]{2}:){31}[0-9A-F]{2}/)?.[0] ?? '';
    const wrong = `${right.slice(0, -2)}${right.endsWith('00') ? '01' : '00'}`;
    await rm(join(home, '.config'), { recursive: true });
    expect(await list('--fingerprint', wrong)).toMatchObject({ exit: 1, stdout: '' });
    expect((await list('--fingerprint', right)).exit).toBe(0);
    expect((await list('--fingerprint', 'abc')).stderr).toContain('64 hexadecimal digits');
  });

  test('that no given CA has signed is refused', async () => {
    await promisify(execFile)('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=other',
      '-out',
      join(home, 'ca.pem'),
    ]);
    const said = await list('--ca-file', 'ca.pem');
    expect(said).toMatchObject({ exit: 1, stdout: '' });
    expect(said.stderr).toContain('is not signed by the given CA');
  });

  test('that a given CA has signed is taken, and not pinned', async () => {
    const ca = makeCertificate(home, 'ca', 'DNS:ca');
    const answer = ({ method }: RpcRequest): unknown => (method.startsWith('session.login') ? 'OpaqueRef:session' : {});
    await using server = await startTlsServer(makeCertificate(home, 'host', 'IP:127.0.0.1', ca), answer);
    const at = ['-s', `https://127.0.0.1:${server.port}`, '-pw', 'x'];
    expect(await xcp('host-list', ...at, '--ca-file', 'ca.pem')).toMatchObject({ exit: 0, stderr: '' });
    makeCertificate(home, 'other', 'DNS:ca');
    expect(await xcp('host-list', ...at, '--ca-file', 'other.pem')).toMatchObject({ exit: 1, stdout: '' });
    expect(await readdir(home)).not.toContain('.config');
  });

  test('that is not checked is told, loudly', async () => {
    const said = await list('--insecure');
    expect(said.exit).toBe(0);
    expect(said.stderr).toMatch(/not (checked|verified)/i);
  });
});
