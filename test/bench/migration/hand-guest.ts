// A QEMU like that of a guest of ours, started and driven by hand: its command line is the one of ours, with places of its own.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Monitor } from '../../../src/drivers/hypervisor/qmp/monitor.ts';
import { DriverError, type MigrationTls } from '../../../src/drivers/hypervisor.ts';
import type { Heard } from '../../../tools/tour/console.ts';
import { run } from './program.ts';

/** A running guest of ours whose like is started. */
export interface Model {
  readonly args: readonly string[];
  /** Folders and image in `args`: each guest has its own. */
  readonly folders: readonly string[];
  readonly image: string;
  readonly diskBytes: number;
}

export interface HandGuest {
  readonly monitor: Monitor;
  readonly diskNode: string;
  readonly counts: readonly Heard[];
  /** Forgets what was heard and resolves when the guest has told `count` more. */
  hear(count: number): Promise<readonly Heard[]>;
  /** They are known by the role's name. */
  addCredentials(role: 'server' | 'client', tls: MigrationTls): Promise<void>;
  end(): void;
}

/** The words after the program's name that a process was started with. */
export const argumentsOf = (pid: number): readonly string[] => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1, -1);

const nodeOf = ({ args, image }: Model): string => {
  const option = args.find(word => word.startsWith('{') && word.includes(image)) ?? '{}';
  return String((JSON.parse(option) as { readonly 'node-name'?: string })['node-name']);
};

export async function startByHand(model: Model, folder: string, incoming: boolean): Promise<HandGuest> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const image = join(folder, 'disk.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', image, String(model.diskBytes)]);
  const own = (word: string): string =>
    model.folders.reduce((text, place) => text.replaceAll(place, folder), word.replaceAll(model.image, image));
  const args = model.args.map(own);
  const child = spawn('qemu-system-x86_64', [...args, ...(incoming ? ['-incoming', 'defer'] : [])], { stdio: 'ignore' });
  const monitor = await connectWhenThere(join(folder, 'monitor.sock'));
  const counts = listenTo(join(folder, 'serial.sock'));
  if (!incoming) await monitor.execute('cont');
  return {
    monitor,
    diskNode: nodeOf(model),
    counts,
    async hear(count) {
      counts.length = 0;
      for (let waitedMs = 0; counts.length < count; waitedMs += 20) {
        if (waitedMs > 60_000) throw new Error('the guest driven by hand says nothing');
        await sleep(20);
      }
      return [...counts];
    },
    async addCredentials(role, tls) {
      const dir = join(folder, 'tls');
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const files = { 'ca-cert.pem': tls.caPem, [`${role}-cert.pem`]: tls.certPem, [`${role}-key.pem`]: tls.keyPem };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 });
      const rules = { 'verify-peer': true, 'sanity-check': false };
      await monitor.execute('object-add', { 'qom-type': 'tls-creds-x509', id: role, dir, endpoint: role, ...rules });
    },
    end() {
      monitor.close();
      child.kill('SIGKILL');
    },
  };
}

const connectWhenThere = async (path: string): Promise<Monitor> => {
  for (let waitedMs = 0; ; waitedMs += 5) {
    try {
      return await Monitor.connect(path, { timeoutMs: 10_000 });
    } catch (error) {
      if (!(error instanceof DriverError) || error.kind !== 'unreachable' || waitedMs > 10_000) throw error;
      await sleep(5);
    }
  }
};

const listenTo = (serial: string): Heard[] => {
  const counts: Heard[] = [];
  let tail = '';
  connect(serial)
    .setEncoding('latin1')
    // The guest's end is the socket's.
    .on('error', () => undefined)
    .on('data', (text: string) => {
      const heardMs = performance.now();
      const lines = (tail + text).split('\n');
      tail = lines.pop() ?? '';
      for (const line of lines) {
        const match = /COUNT (\d+) (\d+\.\d+)/.exec(line);
        if (match !== null) counts.push({ number: Number(match[1]), uptimeMs: Number(match[2]) * 1000, heardMs });
      }
    });
  return counts;
};
