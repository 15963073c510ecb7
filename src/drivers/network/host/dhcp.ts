// DHCP clients of the host's own links. A client is a process in a session of its own: it outlives hostd, keeps its lease meanwhile and is
// found again by its pid file. udhcpc (of busybox) speaks DHCPv4; dhclient both, and is the one for DHCPv6.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { retry } from '../../../lib/retry.ts';
import { errnoOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import { findProgram } from '../../tool.ts';
import { dhcp6Starter, dhcpScript } from './dhcp-script.ts';
import type { Family } from './kernel-view.ts';
import { type Lease, parseLease } from './lease.ts';

export interface DhcpWish {
  readonly device: string;
  readonly family: Family;
  /** Its gateway is the host's. */
  readonly isGateway: boolean;
  /** Asked for again: what the link had before. */
  readonly hint?: string;
}

interface DhcpProgram {
  readonly path: string;
  readonly args: (wish: DhcpWish, base: string, script: string) => readonly string[];
}

const udhcpcArgs = (wish: DhcpWish, base: string, script: string): readonly string[] => [
  ...['-f', '-i', wish.device, '-p', `${base}.pid`, '-s', script, '-t', '4', '-T', '2', '-A', '5', '-a250'],
  ...(wish.hint === undefined ? [] : ['-r', wish.hint]),
];

const dhclientArgs = (wish: DhcpWish, base: string, script: string): readonly string[] => [
  ...(wish.family === 6 ? ['-6', '-D', 'LL'] : ['-4']),
  ...['-d', '-pf', `${base}.pid`, '-lf', `${base}.leases`, '-sf', script, '-e', `XCP_DHCP=${base}`, '-cf', '/dev/null', wish.device],
];

const findClient = async (family: Family): Promise<DhcpProgram> => {
  const udhcpc = family === 4 ? await findProgram('udhcpc') : undefined;
  if (udhcpc !== undefined) return { path: udhcpc, args: udhcpcArgs };
  const busybox = family === 4 ? await findProgram('busybox') : undefined;
  if (busybox !== undefined) return { path: busybox, args: (...given) => ['udhcpc', ...udhcpcArgs(...given)] };
  const dhclient = await findProgram('dhclient');
  if (dhclient !== undefined) return { path: dhclient, args: dhclientArgs };
  const wanted = family === 4 ? 'busybox (udhcpc) nor isc-dhcp-client (dhclient) is' : 'isc-dhcp-client (dhclient) is not';
  throw new DriverError(
    'unsupported',
    family === 4 ? `neither ${wanted} installed: DHCP needs one` : `${wanted} installed: DHCPv6 needs it`,
  );
};

const WAITS = { firstMs: 5, maxMs: 100, factor: 1.5, jitter: 0 };
const ATTEMPTS = 60;

export class DhcpClients {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where the leases are: a change in here is news. */
  get directory(): string {
    return this.#directory;
  }

  async prepare(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(this.#script, dhcpScript, { mode: 0o700 });
    await writeFile(this.#starter, dhcp6Starter, { mode: 0o700 });
  }

  async lease(device: string, family: Family): Promise<Lease | undefined> {
    const text = await readFile(`${this.#base(device, family)}.lease`, 'utf8').catch(() => ''); // none was ever given
    return parseLease(text);
  }

  /** A client for the link, one that runs already or a new one. Idempotent; does not wait for a lease. */
  async ensure(wish: DhcpWish): Promise<void> {
    const base = this.#base(wish.device, wish.family);
    if (wish.isGateway) await writeFile(`${base}.gateway`, '');
    else await rm(`${base}.gateway`, { force: true });
    if ((await this.#pid(wish.device, wish.family)) !== undefined) return;
    const program = await findClient(wish.family);
    const setsid = await findProgram('setsid');
    if (setsid === undefined) throw new DriverError('unsupported', 'the program setsid (package util-linux) is not installed');
    const command = [program.path, ...program.args(wish, base, this.#script)];
    const log = await open(`${base}.log`, 'w', 0o600);
    try {
      const starter = wish.family === 6 ? [this.#starter, `${base}.pid`, wish.device] : [];
      const child = spawn(setsid, ['--fork', ...starter, ...command], {
        stdio: ['ignore', log.fd, log.fd],
        cwd: '/',
        env: { ...process.env, LC_ALL: 'C', XCP_DHCP: base },
      });
      await once(child, 'exit');
    } finally {
      await log.close();
    }
    await this.#started(wish, program.path);
  }

  /** The client writes its pid file a few milliseconds after its start. */
  async #started({ device, family }: DhcpWish, path: string): Promise<void> {
    await retry(
      async () => {
        if ((await this.#pid(device, family)) !== undefined) return;
        const said = await readFile(`${this.#base(device, family)}.log`, 'utf8');
        throw new DriverError('failed', `${path} did not start on ${device}: ${said.slice(0, 500).trim() || 'it gave no reason'}`);
      },
      { attempts: ATTEMPTS, backoff: WAITS },
    );
  }

  /** Ends the link's client and forgets its lease. What addresses it gave is not touched. Idempotent. */
  async stop(device: string, family: Family): Promise<void> {
    const base = this.#base(device, family);
    const pid = await this.#pid(device, family);
    if (pid !== undefined) {
      signal(pid);
      // Not our child: nobody tells of its end.
      await retry(
        async () => {
          if ((await this.#pid(device, family)) !== undefined)
            throw new DriverError('timeout', `the DHCP client of ${device} does not end`);
        },
        { attempts: ATTEMPTS, backoff: WAITS },
      );
    }
    await Promise.all(['pid', 'lease', 'leases', 'gateway', 'log'].map(suffix => rm(`${base}.${suffix}`, { force: true })));
  }

  get #starter(): string {
    return join(this.#directory, 'start6.sh');
  }

  get #script(): string {
    return join(this.#directory, 'lease.sh');
  }

  #base(device: string, family: Family): string {
    return join(this.#directory, `${device}.${family}`);
  }

  /** The process that runs for this link, trusted only if it was started with this very pid file. */
  async #pid(device: string, family: Family): Promise<number | undefined> {
    const file = `${this.#base(device, family)}.pid`;
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).trim()); // never started
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has ended
    return commandLine.split('\0').includes(file) ? pid : undefined;
  }
}

/** Not asked first: one that is asked to end gives its lease back, and the address with it. */
const signal = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
};
