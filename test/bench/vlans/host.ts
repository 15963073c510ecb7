// A host of a rack with hostd on it, asked over its API as any client asks.

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logOf } from '../../../tools/hosts/host.ts';
import type { LabHost } from '../../lab/support/hosts.ts';
import { rackHostd } from '../../lab/support/rack/hostd.ts';
import type { RackHost } from '../../lab/support/rack/rack.ts';
import { openRpc } from '../rpc.ts';
import { untilIdle } from './by-hand.ts';

export class VlanHost implements AsyncDisposable {
  readonly rack: RackHost;
  readonly #lab: LabHost;

  private constructor(rack: RackHost, lab: LabHost) {
    this.rack = rack;
    this.#lab = lab;
  }

  static async start(folder: string, rack: RackHost): Promise<VlanHost> {
    return new VlanHost(rack, await rackHostd(folder, rack, ['--nics', 'eth0']));
  }

  get #socketPath(): string {
    return this.#lab.host.server.slice('unix:'.length);
  }

  /** Of the call alone: the connection and the session stand before. */
  async #timed(method: string, request: Readonly<Record<string, unknown>>): Promise<number> {
    const rpc = openRpc({ socketPath: this.#socketPath });
    try {
      const session = String(await rpc.call('session.login_with_password', 'root', '', '2.21', 'bench'));
      const pifs = (await rpc.call('PIF.get_all_records', session)) as Readonly<Record<string, { device: string; VLAN: number }>>;
      const [pif] = Object.entries(pifs).find(([, { device, VLAN }]) => device === 'eth0' && VLAN === -1) ?? [];
      const startedAt = performance.now();
      await rpc.call(method, session, { pif, all_hosts: false, ...request });
      return performance.now() - startedAt;
    } finally {
      rpc.close();
    }
  }

  /** Milliseconds until the call is answered, which is when the switch has them. */
  create(tags: readonly number[]): Promise<number> {
    return this.#timed('xcp.vlan_create_many', { tags, network_name: 'net-%d', if_missing: false });
  }

  destroy(tags: readonly number[]): Promise<number> {
    return this.#timed('xcp.vlan_destroy_many', { tags, if_present: false });
  }

  /**
   * The machine boots: the switch's process and hostd come up side by side on what is stored. Milliseconds until the switch has it all, until
   * hostd has found it so, and until hostd answers.
   */
  async boot(): Promise<{ readonly switchMs: number; readonly foundMs: number; readonly readyMs: number }> {
    process.kill(this.#lab.host.pid, 'SIGKILL');
    // What is left of it would be knocked at in vain.
    rmSync(this.#socketPath, { force: true });
    await this.rack.ovs.kill('ovs-vswitchd');
    const before = logOf(this.#lab.host.folder).length;
    const startedAt = performance.now();
    const ready = this.#lab.restart('SIGKILL').then(() => performance.now() - startedAt);
    await this.rack.ovs.restart();
    await untilIdle(this.rack);
    const switchMs = performance.now() - startedAt;
    while (!logOf(this.#lab.host.folder).slice(before).includes('a state was brought to the switch')) await sleep(5);
    const foundMs = performance.now() - startedAt;
    return { switchMs, foundMs, readyMs: await ready };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab[Symbol.asyncDispose]();
  }
}
