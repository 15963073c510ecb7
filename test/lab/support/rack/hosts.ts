// A rack with `xcp hostd` in each of its hosts: what most suites on whole hosts begin with.

import type { Ran } from '../../../../tools/hosts/host.ts';
import { runCli } from '../../../../src/cli/main.ts';
import { testIo } from '../../../support/test-io.ts';
import type { LabHost } from '../hosts.ts';
import { rackHostd } from './hostd.ts';
import type { FrameTool } from './space.ts';
import { makeRack, type Rack, type RackHost } from './rack.ts';
import { SimGuest, type SimGuestSpec } from './sim-guest.ts';

export interface RackedSpec {
  /** Names of two letters or more. */
  readonly hosts: readonly string[];
  /** For each host; 4 if left out. */
  readonly nics?: number;
  /** Real guests need QEMU; left out, guests are simulated and their ports are real. */
  readonly qemu?: boolean;
  /** Of each hostd. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A host of the rack and its hostd. */
export class Racked {
  readonly host: RackHost;
  readonly hostd: LabHost;
  /** By which the host is managed, on the switch's network. */
  readonly address: string;
  readonly #rack: Rack;

  constructor(rack: Rack, host: RackHost, hostd: LabHost, address: string) {
    this.#rack = rack;
    this.host = host;
    this.hostd = hostd;
    this.address = address;
  }

  /** One command of the command line, in this process: a process for each would cost more than what is tested. */
  async run(args: readonly string[]): Promise<Ran> {
    const io = testIo({ env: { XCP_SERVER: this.hostd.host.server, HOME: this.hostd.host.folder } });
    const code = await runCli(args, { ...io, programName: 'xcp' });
    return { code, ...io.output };
  }

  /** One that must succeed; resolves with its trimmed output. */
  async xcp(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    if (code !== 0) throw new Error(`xcp ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Uuids of the PIFs of the NICs, in their order. */
  async nics(): Promise<readonly string[]> {
    const uuids = this.host.nics.map(nic => this.xcp('pif-list', `device=${nic}`, 'physical=true', '--minimal'));
    return Promise.all(uuids);
  }

  guest(spec: SimGuestSpec): Promise<SimGuest> {
    return SimGuest.start(this, this.#rack.prefix, spec);
  }

  /** The device of a XenAPI bridge. */
  async bridge(name: string): Promise<string> {
    const found = await this.host.ovs.vsctl('--bare', '--columns=name', 'find', 'bridge', `external_ids:xcp-bridge=${name}`);
    if (found === '') throw new Error(`the host has no bridge ${name}`);
    return found;
  }

  /** Whoever asks the host's own address is answered. */
  echo(): Promise<FrameTool> {
    return this.host.space.startFrames(['echo', '7']);
  }
}

export class RackedHosts implements AsyncDisposable {
  readonly rack: Rack;
  readonly #hosts: readonly Racked[];

  private constructor(rack: Rack, hosts: readonly Racked[]) {
    this.rack = rack;
    this.#hosts = hosts;
  }

  /** Hosts are managed by `eth0`, on a network that the switch itself is on too. The switch's ports are in no groups. */
  static async start({ hosts, nics = 4, qemu = false, env = {} }: RackedSpec): Promise<RackedHosts> {
    const rack = await makeRack({ hosts, nics });
    try {
      await rack.tor.ip('link set tor0 up', 'addr add 192.168.9.254/24 dev tor0');
      const racked = await Promise.all(
        hosts.map(async (name, i) => {
          const host = rack.host(name);
          await rack.partner(host, { kind: 'plain' });
          const address = `192.168.9.${i + 1}`;
          await host.space.ip(`addr add ${address}/24 dev eth0`);
          return new Racked(rack, host, await rackHostd(rack.folder, host, qemu ? [] : ['--hypervisor', 'sim'], env), address);
        }),
      );
      return new RackedHosts(rack, racked);
    } catch (error) {
      await rack[Symbol.asyncDispose]();
      throw error;
    }
  }

  get(name: string): Racked {
    const found = this.#hosts.find(({ host }) => host.name === name);
    if (found === undefined) throw new Error(`there is no host ${name}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map(({ hostd }) => hostd[Symbol.asyncDispose]()));
    await this.rack[Symbol.asyncDispose]();
  }
}
