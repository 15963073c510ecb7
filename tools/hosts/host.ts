// Starts and stops `xcp hostd` processes side by side on one machine: for the tour, the labs and the bench.
//
// A host is a folder: its state, its socket `xapi`, its log `hostd.log`, its process id `hostd.pid`. The process is detached, so it
// outlives whoever started it; `stopHost` ends it and, if asked, its guests first.

import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = resolve(import.meta.dirname, '../..');
export const xcp = join(root, 'bin/xcp');

export interface Host {
  readonly name: string;
  readonly folder: string;
  /** What `--server` takes: `unix:…/xapi`. */
  readonly server: string;
  readonly address: string;
  readonly tlsPort: number;
  readonly pid: number;
}

export interface HostOptions {
  readonly name: string;
  readonly folder: string;
  /** Free if left out. */
  readonly tlsPort?: number;
  readonly args?: readonly string[];
  /** Address of the TLS listener and of migrations; 127.0.0.1 if left out. */
  readonly address?: string;
  /** Words before the command, as `ip netns exec NAME`. */
  readonly wrap?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly readyTimeoutMs?: number;
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

export const logOf = (folder: string): string =>
  existsSync(join(folder, 'hostd.log')) ? readFileSync(join(folder, 'hostd.log'), 'utf8') : '';

export async function startHost(options: HostOptions): Promise<Host> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const tlsPort = options.tlsPort ?? (await freePort());
  const socket = join(options.folder, 'xapi');
  const log = openSync(join(options.folder, 'hostd.log'), 'a', 0o600);
  const address = options.address ?? '127.0.0.1';
  const words = [
    ...(options.wrap ?? []),
    xcp,
    'hostd',
    `--state-dir=${options.folder}`,
    `--host-name=${options.name}`,
    `--listen=unix:${socket}`,
    `--listen=tls:${address}:${tlsPort}`,
    `--migration-address=${address}`,
    ...(options.args ?? []),
  ];
  const [command = xcp, ...args] = words;
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...options.env } });
  closeSync(log);
  await ready(child, socket, options);
  child.unref();
  const pid = child.pid ?? 0;
  writeFileSync(join(options.folder, 'hostd.pid'), `${pid}\n`);
  return { name: options.name, folder: options.folder, server: `unix:${socket}`, address, tlsPort, pid };
}

async function ready(child: ChildProcess, socket: string, options: HostOptions): Promise<void> {
  const deadline = Date.now() + (options.readyTimeoutMs ?? 60_000);
  let exited: number | undefined;
  child.once('exit', code => {
    exited = code ?? 1;
  });
  while (Date.now() < deadline) {
    if (exited !== undefined) throw new Error(`host ${options.name} ended with code ${exited}:\n${logOf(options.folder).slice(-2000)}`);
    if (existsSync(socket) && (await runXcp(['host-list', '--minimal'], { server: `unix:${socket}` })).code === 0) return;
    await sleep(50);
  }
  throw new Error(`host ${options.name} was not ready in time:\n${logOf(options.folder).slice(-2000)}`);
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the client to its end. */
export function runXcp(
  args: readonly string[],
  options: { readonly server: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string },
): Promise<Ran> {
  return new Promise((done, fail) => {
    const child = spawn(xcp, args, { env: { ...process.env, XCP_SERVER: options.server, NO_COLOR: '1', ...options.env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', fail);
    child.once('close', code => done({ code: code ?? 1, stdout, stderr }));
    // A command may end before it has read what it was given: its exit says all there is to say.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** As `runXcp`, but a failure throws with what the command said. Resolves with trimmed standard output. */
export async function must(host: Pick<Host, 'server'>, ...args: readonly string[]): Promise<string> {
  const ran = await runXcp(args, { server: host.server });
  if (ran.code !== 0) throw new Error(`xcp ${args.join(' ')}: exit ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout.trim();
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Ends hostd; its guests live on. Idempotent. */
export async function stopHost(host: Pick<Host, 'pid'>, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!isAlive(host.pid)) return;
  process.kill(host.pid, signal);
  for (let waited = 0; isAlive(host.pid) && waited < 10_000; waited += 20) await sleep(20);
  if (isAlive(host.pid)) process.kill(host.pid, 'SIGKILL');
}
