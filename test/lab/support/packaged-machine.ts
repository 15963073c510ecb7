// A Debian of its own with its own service manager, switch, processes and network, on which the package is tried: what the scripts of
// the package and the unit do is done by the real dpkg and the real systemd.

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildTinyLinux } from '../../../src/drivers/hypervisor/tiny-linux/build.ts';
import { type Debian, freshDebian } from '../../../tools/fresh/debian.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const archives = join(root, '.cache/package-archives');
const tinyLinux = join(root, '.cache/tiny-linux');

const CONSOLE_SECONDS = '5';
const CONSOLE_ATTEMPTS = 20;

/** Builds the package from the executable, in seconds rather than small. */
export const buildPackage = (version: string, out: string): string => {
  const args = ['--quick', '--version', version, '--out', out];
  execFileSync(join(root, 'tools/node'), [join(root, 'tools/package/main.ts'), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(out, `xcp_${version}_amd64.deb`);
};

const ended = async (child: ChildProcess): Promise<string> => {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (data: string) => (text += data));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`it ended with ${code}:\n${text.slice(-3000)}`);
  return text;
};

/** Packages that were fetched before need not be fetched again; those no longer used are forgotten. */
const withArchives = async <T>(debian: Debian, work: () => Promise<T>): Promise<T> => {
  const inside = join(debian.folder, 'var/cache/apt/archives');
  if (existsSync(archives)) cpSync(archives, inside, { recursive: true });
  const result = await work();
  rmSync(archives, { recursive: true, force: true });
  mkdirSync(archives, { recursive: true });
  for (const name of readdirSync(inside)) if (name.endsWith('.deb')) cpSync(join(inside, name), join(archives, name));
  return result;
};

/** As an admin would on the running machine, but before its services are there, as when an image is made. */
const aptInstall = async (debian: Debian, deb: string): Promise<string> => {
  const policy = join(debian.folder, 'usr/sbin/policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  cpSync(deb, join(debian.folder, 'root/xcp.deb'));
  const script =
    'export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && apt-get install -y -q --no-install-recommends -o APT::Keep-Downloaded-Packages=true /root/xcp.deb; exit $?';
  const text = await ended(debian.start(['sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] }));
  rmSync(policy);
  return text;
};

const childOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

export interface Machine extends AsyncDisposable {
  /** What apt said. */
  readonly installed: string;
  /** Copies a file to /root of the machine; its path there. */
  put(file: string, name: string): string;
  /** One command there that must succeed; its trimmed output. */
  sh(script: string): Promise<string>;
  /** Types into the guest's console and waits until `pattern` was printed. */
  type(vm: string, line: string, pattern: RegExp): Promise<string>;
}

const untilUp = async (sh: Machine['sh']): Promise<void> => {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const state = await sh('systemctl is-system-running || true').catch(() => 'not yet');
    if (state === 'running' || state === 'degraded') return;
    if (Date.now() > deadline) throw new Error(`the machine does not come up: ${state}`);
    await delay(250);
  }
};

/** A machine on which the package was installed by apt, booted. */
export const packagedMachine = async (deb: string): Promise<Machine> => {
  await using made = new AsyncDisposableStack();
  const debian = made.use(freshDebian());
  const installed = await withArchives(debian, () => aptInstall(debian, deb));
  // Its network is its own and leads nowhere, so what it would fetch is put there.
  await buildTinyLinux(tinyLinux);
  cpSync(tinyLinux, join(debian.folder, 'var/cache/xcp/tiny-linux'), { recursive: true });
  const machine = debian.start(['env', 'container=lab', '/lib/systemd/systemd'], { asMachine: true, stdio: 'ignore' });
  made.defer(async () => {
    const closed = once(machine, 'close');
    process.kill(childOf(machine.pid ?? 0), 'SIGKILL');
    await closed;
  });
  const enter = (): readonly string[] => ['-t', String(childOf(machine.pid ?? 0)), '-m', '-p', '-u', '-i', '-n', '-C', '-r', '-w'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  const sh: Machine['sh'] = async script => (await run('nsenter', [...enter(), 'sh', '-c', script], { env })).stdout.trim();
  await untilUp(sh);
  const keep = made.move();
  return {
    installed,
    sh,
    put(file, name) {
      cpSync(file, join(debian.folder, 'root', name));
      return `/root/${name}`;
    },
    async type(vm, line, pattern) {
      let said = '';
      // A guest that still boots swallows what is typed, so it is typed again; the console ends by itself in there.
      for (let attempt = 0; attempt < CONSOLE_ATTEMPTS; attempt++) {
        const child = spawn('nsenter', [...enter(), 'timeout', '-s', 'KILL', CONSOLE_SECONDS, 'xcp', 'console', `vm=${vm}`], { env });
        const closed = once(child, 'close');
        said = '';
        child.stdout.setEncoding('latin1').on('data', (data: string) => (said += data));
        child.stderr.resume();
        child.stdin.end(`${line}\n`);
        await closed;
        const match = pattern.exec(said);
        if (match) return match[0];
      }
      throw new Error(`the guest did not print ${pattern}: ${said.slice(-500)}`);
    },
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
};
