// Who gets in, and what they may do then.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HttpTransport } from '../../../src/client/transport.ts';
import { hashPassword, type UserEntry, writeUsers } from '../../../src/hostd/auth/users.ts';
import { runPasswd } from '../../../src/hostd/passwd.ts';
import { SettingsError } from '../../../src/hostd/settings.ts';
import { SessionTable } from '../../../src/hostd/sessions.ts';
import { failure, startTestHost, type TestHost, type TestHostOptions } from './fixture.ts';

const patient = { failed: () => 0, succeeded: () => undefined };

const startWithUsers = async (users: Readonly<Record<string, UserEntry>>, options: TestHostOptions = {}): Promise<TestHost> => {
  const host = await startTestHost({
    ...options,
    throttle: options.throttle ?? patient,
    listen: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
  });
  await writeUsers(host.folder, new Map(Object.entries(users)));
  return host;
};

const overTcp = (host: TestHost): HttpTransport => {
  const address = host.addresses.find(each => each.kind === 'tcp');
  if (address?.kind !== 'tcp') throw new Error('no TCP listener');
  return new HttpTransport({ kind: 'tcp', host: '127.0.0.1', port: address.port });
};

const login = (client: HttpTransport, user: string, password: string): Promise<unknown> =>
  client.request({ method: 'session.login_with_password', params: [user, password, '2.23', 'test'] });

describe('login', () => {
  test('on the unix socket everyone is root', async () => {
    await using host = await startTestHost();
    const session = await host.rpc('session.login_with_password', 'whoever', 'whatever');
    expect(await host.rpc('session.get_is_local_superuser', session, session)).toBe(true);
    expect(await host.rpc('session.get_auth_user_name', session, session)).toBe('root');
    expect(await host.rpc('session.get_originator', host.session, host.session)).toBe('test');
  });

  test('elsewhere by the users file, which is read anew when it changes', async () => {
    await using host = await startWithUsers({ alice: { role: 'vm-operator', hash: await hashPassword('secret') } });
    const client = overTcp(host);
    const session = await login(client, 'alice', 'secret');
    expect(await client.request({ method: 'session.get_is_local_superuser', params: [session, session] })).toBe(false);
    expect(await failure(login(client, 'alice', 'Secret'))).toEqual(['SESSION_AUTHENTICATION_FAILED', 'alice', 'Authentication failure']);
    expect(await failure(login(client, 'bob', 'secret'))).toEqual(['SESSION_AUTHENTICATION_FAILED', 'bob', 'Authentication failure']);
    expect((await failure(login(client, '', 'secret')))[0]).toBe('SESSION_AUTHENTICATION_FAILED');
    expect((await failure(login(client, 'alice', 'x'.repeat(10_000))))[0]).toBe('SESSION_AUTHENTICATION_FAILED');
    await writeUsers(host.folder, new Map([['bob', { role: 'read-only', hash: await hashPassword('other') }]]));
    expect(await login(client, 'bob', 'other')).toMatch(/^OpaqueRef:/);
    expect((await failure(login(client, 'alice', 'secret')))[0]).toBe('SESSION_AUTHENTICATION_FAILED');
    client.close();
  });

  test('failures of one source are answered later and later, and written to the log', async () => {
    const delays: number[] = [];
    const throttle = { failed: () => delays.push(0) * 10, succeeded: () => undefined };
    await using host = await startWithUsers({}, { throttle });
    const client = overTcp(host);
    await failure(login(client, 'nobody', 'x'));
    await failure(login(client, 'nobody', 'x'));
    expect(delays).toHaveLength(2);
    const log = host.logLines.join('');
    expect(log).toContain('login refused');
    expect(log).toContain('127.0.0.1');
    client.close();
  });

  test('a damaged users file lets nobody in, and says so in the log only', async () => {
    await using host = await startWithUsers({ alice: { role: 'no such role', hash: await hashPassword('secret') } });
    const client = overTcp(host);
    expect((await failure(login(client, 'alice', 'secret')))[0]).toBe('SESSION_AUTHENTICATION_FAILED');
    client.close();
  });
});

describe('roles', () => {
  test('each may do what the model says, and denials are audited', async () => {
    const hash = await hashPassword('pw');
    await using host = await startWithUsers({
      op: { role: 'vm-operator', hash },
      ro: { role: 'read-only', hash },
      admin: { role: 'pool-admin', hash },
    });
    const client = overTcp(host);
    const { pool } = host.services.self;
    const as = async (user: string, method: string, ...params: readonly unknown[]): Promise<unknown> =>
      client.request({ method, params: [await login(client, user, 'pw'), ...params] });
    expect(await as('ro', 'pool.get_all')).toEqual([pool]);
    expect(await failure(as('ro', 'pool.set_name_label', pool, 'x'))).toEqual([
      'RBAC_PERMISSION_DENIED',
      'pool.set_name_label',
      expect.any(String),
    ]);
    expect((await failure(as('op', 'pool.add_to_other_config', pool, 'k', 'v')))[0]).toBe('RBAC_PERMISSION_DENIED');
    expect(await as('op', 'pool.add_to_other_config', pool, 'folder', '/a')).toBe('');
    expect(await as('op', 'pool.add_to_other_config', pool, 'XenCenter.CustomFields.x', 'y')).toBe('');
    expect(await as('admin', 'pool.set_name_label', pool, 'renamed')).toBe('');
    expect((await failure(as('admin', 'session.change_password', 'a', 'b')))[0]).toBe('RBAC_PERMISSION_DENIED');
    const log = host.logLines.join('');
    expect(log).toContain('"call":"pool.set_name_label","user":"ro","role":"read-only"');
    expect(log).toContain('RBAC_PERMISSION_DENIED');
    expect(log).not.toContain('renamed');
    client.close();
  });

  test("others' tasks are for pool-operators", async () => {
    const hash = await hashPassword('pw');
    await using host = await startWithUsers({ op: { role: 'vm-operator', hash }, boss: { role: 'pool-operator', hash } });
    const client = overTcp(host);
    const task = await host.call('task.create', 'of root', '');
    const op = await login(client, 'op', 'pw');
    expect(await failure(client.request({ method: 'task.destroy', params: [op, task] }))).toEqual([
      'RBAC_PERMISSION_DENIED',
      'task.destroy/any',
      expect.any(String),
    ]);
    const own = await client.request({ method: 'task.create', params: [op, 'of op', ''] });
    expect(await client.request({ method: 'task.destroy', params: [op, own] })).toBe('');
    const boss = await login(client, 'boss', 'pw');
    expect(await client.request({ method: 'task.destroy', params: [boss, task] })).toBe('');
    client.close();
  });
});

describe('sessions', () => {
  test('end when idle for long, and the one idle longest goes when there are too many', async () => {
    await using host = await startTestHost();
    const { db, log, self } = host.services;
    let nowMs = Date.UTC(2026, 0, 1);
    const limits = { perUser: 2, total: 3, idleMs: 1000 };
    const table = new SessionTable({ db, log, host: () => self.host, limits, nowMs: () => nowMs });
    const ended: string[] = [];
    table.onEnd(ref => ended.push(ref));
    const open = (userName: string) => table.open({ userName, role: 'read-only', isLocalSuperuser: false, originator: 'test' });
    const first = await open('a');
    nowMs += 100;
    const second = await open('a');
    nowMs += 100;
    table.need(first.ref);
    await open('a');
    expect(ended).toEqual([second.ref]);
    expect(db.get('session', second.ref)).toBeUndefined();
    await open('b');
    nowMs += 100;
    await open('b');
    expect(ended).toHaveLength(2);
    nowMs += 950;
    table.find(first.ref);
    await table.sweep();
    expect(table.find(first.ref)).toBeUndefined();
    table.stop();
  });

  test('the row follows what the session does', async () => {
    await using host = await startTestHost();
    const { db, log, self } = host.services;
    let nowMs = Date.UTC(2026, 0, 1);
    const table = new SessionTable({ db, log, host: () => self.host, nowMs: () => nowMs });
    const { ref } = await table.open({ userName: 'a', role: 'read-only', isLocalSuperuser: false, originator: 'x'.repeat(1000) });
    nowMs += 60_000;
    table.need(ref);
    await table.sweep();
    expect(db.need('session', ref)).toMatchObject({ last_active: '20260101T00:01:00Z', originator: 'x'.repeat(256) });
    table.stop();
  });
});

describe('xcp hostd passwd', () => {
  const around = { env: {}, isRoot: false, isTerminal: false };
  const typed = (...lines: string[]) => ({ isTerminal: lines.length > 1, readLine: () => Promise.resolve(lines.shift() ?? '') });

  test('writes a hash that logs in, in a file for its owner alone', async () => {
    await using host = await startWithUsers({});
    await runPasswd(['alice', '--role', 'vm-admin', '--state-dir', host.folder], around, typed('new password'));
    const path = join(host.folder, 'users.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain('new password');
    const client = overTcp(host);
    expect(await login(client, 'alice', 'new password')).toMatch(/^OpaqueRef:/);
    client.close();
  });

  test.each([
    [[], ['x'], /one user name/],
    [['a', 'b'], ['x'], /one user name/],
    [['a', '--role', 'king'], ['x'], /not a role/],
    [['a', '--nothing'], ['x'], /nothing/],
    [['a'], [''], /empty/],
    [['a'], ['one', 'two'], /differ/],
  ])('%j %j', async (argv, lines, message) => {
    await using host = await startTestHost();
    const run = runPasswd([...argv, '--state-dir', host.folder], around, typed(...lines));
    await expect(run).rejects.toThrow(SettingsError);
    await expect(run).rejects.toThrow(message);
  });
});
