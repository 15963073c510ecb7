// Secrets that are typed, read or kept are nowhere else: not in the arguments of another process, not in what is printed, not in errors,
// not in the log of the agent, not in what the program keeps in the home of its user.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { systemCode } from '../../../src/client/errors.ts';
import { runProgram, startSimulatedHost } from '../../support/program.ts';

const LOOK_EVERY_MS = 20;
const MARK = 'verysecret';
let count = 0;

/** A word that is found wherever it gets to. */
const secret = (): string => {
  count += 1;
  return `${MARK}${count}word`;
};

const commandLine = (pid = ''): string => readFileSync(join('/proc', pid, 'cmdline'), 'utf8');

/**
 * Command lines of processes that hold a secret, but for those that somebody typed it to: the program as the test started it, and a fork
 * of it that has not yet become another program.
 */
const watchArguments = (): { readonly stop: () => readonly string[] } => {
  const found = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      try {
        const line = commandLine(pid);
        const parent = / (\d+) /.exec(readFileSync(join('/proc', pid, 'stat'), 'latin1').replace(/^.*\) \w/s, ''))?.[1];
        if (line.includes(MARK) && parent !== String(process.pid) && line !== commandLine(parent)) found.add(line.replaceAll('\0', ' '));
      } catch (error) {
        // It ended while it was looked at.
        if (systemCode(error) === undefined) throw error;
      }
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return [...found];
    },
  };
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile());

test('secrets stay where they belong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-secrets-'));
  const home = join(folder, 'home');
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
  const password = secret();
  const set = await runProgram(['hostd', 'passwd', 'root', '--state-dir', join(folder, 'state')], { stdin: `${password}\n` });
  expect(set.exit).toBe(0);
  const host = await startSimulatedHost(folder, ['--listen', 'tcp:127.0.0.1:0', '--log-level', 'debug']);
  const remote = /"address":"tcp:(127\.0\.0\.1:\d+)"/.exec(host.log())?.[1] ?? '';
  await writeFile(join(folder, 'login'), `root\n${password}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'word'), secret(), { mode: 0o600 });
  await writeFile(
    join(folder, 'pool.yaml'),
    `srs:\n  - { name: s, type: file, device-config: { location: ${join(folder, 'sr')}, chappassword: ${secret()}, cifspassword-filename: ${join(folder, 'word')} } }\n`,
  );
  const env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XCP_SERVER: host.server };
  const said: string[] = [];
  const xcp = async (...args: readonly string[]): Promise<void> => {
    const { stdout, stderr } = await runProgram(args, { env, cwd: folder });
    said.push(`${args[0]}: ${stdout}${stderr}`);
  };
  const processes = watchArguments();
  const plain = `http://${remote}`;
  // Right and wrong passwords, in every way in which they are given; with completion, whose helper is a process of its own. A right one
  // after each wrong one: who only guesses is answered ever later.
  const right = ['-pw', password];
  const wrong = [
    ['-pw', secret()],
    ['-u', 'nobody', '-pw', secret()],
  ];
  for (const words of [right, [`password=${password}`], ['-pwf', 'login'], ...wrong])
    for (const args of [
      ['host-list', '-s', plain, ...words],
      ['vm-list', '-s', plain, '--debug', '-o', 'json', ...words],
      ['-s', plain, ...words, '__complete', 'class=vm'],
    ]) {
      await xcp(...args);
      if (wrong.includes(words)) await xcp('host-list', '-s', plain, ...right);
    }
  await xcp('login', '-s', plain, '-pw', password);
  await xcp('vm-list', '-s', plain);
  await xcp('vm-list', '-s', 'http://127.0.0.1:9', '-pw', secret());
  await xcp('explain', 'SESSION_AUTHENTICATION_FAILED', '-s', plain, '-pw', secret());
  await xcp('batch', '-s', plain, '-pw', password, '-f', 'pool.yaml');
  // Secrets that are parameters.
  const vm = (await runProgram(['vm-install', 'template=Other install media', 'new-name-label=v'], { env })).stdout.trim();
  await xcp('secret-create', `value=${secret()}`);
  await xcp('user-password-change', `old=${secret()}`, `new=${secret()}`);
  await xcp('vm-migrate', `uuid=${vm}`, 'remote-master=127.0.0.1:9', 'remote-username=root', `remote-password=${secret()}`);
  await xcp('pool-join', 'master-address=127.0.0.1', 'master-username=root', `master-password=${secret()}`);
  await xcp(
    'sr-create',
    'name-label=s',
    'type=file',
    `device-config:chappassword=${secret()}`,
    `device-config:location=${join(folder, 'sr1')}`,
  );
  await xcp('sr-create', 'name-label=s', 'type=nowhere', `device-config:cifspassword=${secret()}`);
  await xcp(
    'pool-initialize-wlb',
    'wlb_url=127.0.0.1',
    'wlb_username=u',
    `wlb_password=${secret()}`,
    'xenserver_username=u',
    `xenserver_password=${secret()}`,
  );
  await xcp('host-enable-external-auth', 'auth-type=AD', 'service-name=x', `config:pass=${secret()}`, 'config:user=u', `host-uuid=${vm}`);
  await xcp('apply', '-f', 'pool.yaml', '--dry-run');
  await xcp('apply', '-f', 'pool.yaml');
  await xcp('task-list', 'params=all');
  // The watch would have seen it: a process of a process, with a secret that was put there.
  await promisify(execFile)('sh', ['-c', `sh -c 'sleep 1' ${MARK}planted; true`]);
  const commandLines = processes.stop();
  await host[Symbol.asyncDispose]();
  expect(commandLines).toEqual([`sh -c sleep 1 ${MARK}planted `]);
  expect(said.filter(text => text.includes(MARK))).toEqual([]);
  expect(
    host
      .log()
      .split('\n')
      .filter(line => line.includes(MARK)),
  ).toEqual([]);
  expect(filesBelow(home).filter(path => readFileSync(path).includes(MARK))).toEqual([]);
  // The session that `login` kept is there, so the search has looked at something.
  expect(filesBelow(home).some(path => path.includes('session-'))).toBe(true);
  expect(said.length).toBeGreaterThan(25);
  await rm(folder, { recursive: true });
}, 180_000);
