// An Open vSwitch of one namespace's own, with the tools that speak to it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPrivateSwitch } from '../../../../src/drivers/network/ovs/private-switch.ts';
import { runTool } from '../../../../src/drivers/tool.ts';
import type { Space } from './space.ts';

export type Daemon = 'ovs-vswitchd' | 'ovsdb-server';

export class PrivateOvs {
  readonly rundir: string;
  readonly #space: Space;

  private constructor(space: Space, rundir: string) {
    this.#space = space;
    this.rundir = rundir;
  }

  static async start(space: Space, rundir: string): Promise<PrivateOvs> {
    return new PrivateOvs(space, await startPrivateSwitch(rundir, space.wrap));
  }

  /** Starts what does not run, as whoever looks after the daemons does. */
  async restart(): Promise<void> {
    await startPrivateSwitch(this.rundir, this.#space.wrap);
  }

  /** `kill -9`; resolves when the process is gone. Its devices stay, as after a crash. */
  async kill(daemon: Daemon): Promise<void> {
    const pid = Number.parseInt(await readFile(join(this.rundir, `${daemon}.pid`), 'utf8'), 10);
    process.kill(pid, 'SIGKILL');
    const commandLine = (): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // gone
    while ((await commandLine()).includes(daemon)) await sleep(5);
  }

  async vsctl(...words: readonly string[]): Promise<string> {
    return (await runTool('ovs-vsctl', [`--db=unix:${this.rundir}/db.sock`, '--timeout=20', ...words])).trim();
  }

  /** What vswitchd says of itself; `bond/show`, `lacp/show`, … */
  async appctl(...words: readonly string[]): Promise<string> {
    return (await runTool('ovs-appctl', ['-t', join(this.rundir, 'ovs-vswitchd.ctl'), ...words])).trim();
  }

  async ofctl(words: readonly string[], input?: string): Promise<string> {
    const options = { env: { OVS_RUNDIR: this.rundir }, ...(input !== undefined && { input }) };
    return (await runTool('ovs-ofctl', words, options)).trim();
  }
}
