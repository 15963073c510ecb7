// What the labs of migration do with two hosts: a guest that counts, moves by the command line, and looks at what is left.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkCounter, type CounterReport } from '../../../src/drivers/hypervisor/tiny-linux/counter-check.ts';
import { isAlive, logOf, type Ran, runXcp } from '../../../tools/hosts/host.ts';
import { type LabHost, password, processesOf } from './hosts.ts';

export interface Moved extends Ran {
  readonly tookMs: number;
}

/** Installs and starts a VM that writes numbered records to its disk. */
export async function installCounting(host: LabHost, name: string): Promise<string> {
  const uuid = await host.xcp('vm-install', 'template=Tiny Linux', `new-name-label=${name}`);
  await host.xcp('vm-param-set', `uuid=${uuid}`, 'PV-args=console=ttyS0 quiet xcp.counter=vda');
  await host.xcp('vm-start', `uuid=${uuid}`);
  return uuid;
}

const fingerprintOf = (host: LabHost): string =>
  /"fingerprint":"([0-9A-F:]+)"|fingerprint=([0-9A-F:]+)/.exec(logOf(host.host.folder))?.slice(1).find(Boolean) ?? '';

/** The words of a migration; `more` may repeat a key, the last one counts. */
export function migrationWords(to: LabHost, uuid: string, more: readonly string[] = []): readonly string[] {
  const file = join(to.host.folder, 'remote-password');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  const words = new Map([
    ['uuid', uuid],
    ['remote-master', `https://${to.host.address}:${to.host.tlsPort}`],
    ['remote-username', 'root'],
    ['remote-password-file', file],
    ['remote-fingerprint', fingerprintOf(to)],
    ['live', 'true'],
  ]);
  const flags: string[] = [];
  for (const word of more) {
    const at = word.indexOf('=');
    if (at < 0 || word.startsWith('--')) flags.push(word);
    else words.set(word.slice(0, at), word.slice(at + 1));
  }
  return ['vm-migrate', ...[...words].map(([key, value]) => `${key}=${value}`), ...flags];
}

export async function migrate(from: LabHost, to: LabHost, uuid: string, more: readonly string[] = []): Promise<Moved> {
  const startedMs = performance.now();
  const ran = await runXcp(migrationWords(to, uuid, more), { server: from.host.server });
  return { ...ran, tookMs: performance.now() - startedMs };
}

/** One that must succeed. */
export async function mustMigrate(from: LabHost, to: LabHost, uuid: string, more: readonly string[] = []): Promise<Moved> {
  const moved = await migrate(from, to, uuid, more);
  if (moved.code !== 0) throw new Error(`${moved.stdout}${moved.stderr}\n${tail(from)}\n${tail(to)}`);
  return moved;
}

const tail = (host: LabHost): string =>
  logOf(host.host.folder)
    .split('\n')
    .filter(each => /"level":"(warn|error)"/.test(each))
    .slice(-5)
    .join('\n');

/** How long the comparison of a VM's disks took in its last move from this host, which must have had one. */
export function verifiedMs(from: LabHost, uuid: string): number {
  const moved = logOf(from.host.folder)
    .split('\n')
    .findLast(line => line.includes('"VM moved"') && line.includes(uuid));
  const ms = /"verifyMs":(\d+)/.exec(moved ?? '')?.[1];
  if (ms === undefined) throw new Error(`the disks of ${uuid} were not compared`);
  return Number(ms);
}

/** Resolves when the log of a host says that a step begins. Rejects when it has not within a minute. */
export async function stepBegins(host: LabHost, step: string, fromByte: number): Promise<void> {
  const wanted = new RegExp(`"step begins".*"planKind":"VM.migrate_send".*"step":"${step}"`);
  for (let waited = 0; waited < 60_000; waited += 5) {
    if (wanted.test(logOf(host.host.folder).slice(fromByte))) return;
    await sleep(5);
  }
  throw new Error(`step ${step} never began`);
}

/** The numbered records of a VM's disk, read with the guest paused if it runs. */
export async function readCounter(host: LabHost, uuid: string): Promise<CounterReport> {
  const vdi = await host.xcp('vbd-list', `vm-uuid=${uuid}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
  const runs = (await host.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=power-state')) === 'running';
  const folder = mkdtempSync(join(tmpdir(), 'xcp-counter-'));
  if (runs) await host.xcp('vm-pause', `uuid=${uuid}`);
  try {
    const raw = join(folder, 'disk.raw');
    execFileSync('qemu-img', ['convert', '-U', '-O', 'raw', imageOf(host, vdi), raw]);
    return await checkCounter(raw);
  } finally {
    if (runs) await host.xcp('vm-unpause', `uuid=${uuid}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The topmost image of a VDI of the host's own SR. */
export function imageOf(host: LabHost, vdi: string): string {
  const folder = join(host.host.folder, 'sr');
  const volume = JSON.parse(readFileSync(join(folder, `${vdi}.vol.json`), 'utf8')) as {
    readonly layers?: readonly string[];
    readonly top?: string;
    readonly layer?: string;
  };
  const layer = volume.layer ?? volume.top ?? volume.layers?.[0];
  const file = readdirSync(folder).find(name => layer !== undefined && name.startsWith(layer));
  if (file === undefined) throw new Error(`no image of VDI ${vdi} in ${folder}`);
  return join(folder, file);
}

/** What a host has of any VM: nothing, if all went away. */
export async function leftOn(host: LabHost): Promise<Readonly<Record<string, readonly string[]>>> {
  const list = async (...words: readonly string[]): Promise<readonly string[]> =>
    (await host.xcp(...words, '--minimal')).split(',').filter(word => word !== '');
  const others = processesOf(host.host.folder).filter(pid => pid !== host.host.pid && isAlive(pid));
  return {
    vms: await list('vm-list', 'is-control-domain=false'),
    snapshots: await list('snapshot-list'),
    vdis: await list('vdi-list', 'type=User'),
    files: readdirSync(join(host.host.folder, 'sr')).filter(name => name !== 'sr.json'),
    processes: others.map(commandOf).filter(words => words !== ''),
    tasks: await list('task-list', 'status=pending'),
  };
}

/** Empty for a process that ended meanwhile. */
const commandOf = (pid: number): string =>
  spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .slice(0, 120);

export const nothing = { vms: [], snapshots: [], vdis: [], files: [], processes: [], tasks: [] };

/** Waits until a look gives what is wanted, for what ends in the background. */
export async function eventually<T>(look: () => Promise<T>, wanted: (seen: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (wanted(seen) || performance.now() > endMs) return seen;
    await sleep(200);
  }
}

export const isNothing = (left: Awaited<ReturnType<typeof leftOn>>): boolean => Object.values(left).every(each => each.length === 0);
