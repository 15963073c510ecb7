// A rack on one machine: hosts in network namespaces, each with four NICs and an Open vSwitch of its own, cabled to a top-of-rack switch
// that is an Open vSwitch too and speaks LACP. No kernel module and no service is needed, only root and /dev/net/tun.
//
//   rack-PID-N-a  eth0…eth3 ──cables── a-0…a-3  rack-PID-N-tor   tor0: how the switch groups them is told by `partner`
//
// Nothing outlives the test: a reaper waits beside it and removes all of this prefix when the test is gone, crashed or not.

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RackGuest, type GuestSpec } from './guest.ts';
import { type Layout, layPartner, torBridge } from './partner.ts';
import { PrivateOvs } from './private-ovs.ts';
import { ipBatch, Space } from './space.ts';

export interface RackSpec {
  readonly hosts: readonly string[];
  /** For each host; 4 if left out. */
  readonly nics?: number;
}

export class RackHost {
  readonly name: string;
  readonly space: Space;
  readonly ovs: PrivateOvs;
  /** Its own name of each NIC, in the order of the switch's ports. */
  readonly nics: readonly string[];
  /** The switch's name of the other end of each. */
  readonly ports: readonly string[];
  readonly #tor: Space;

  constructor(name: string, space: Space, ovs: PrivateOvs, nics: number, tor: Space) {
    this.name = name;
    this.space = space;
    this.ovs = ovs;
    this.nics = Array.from({ length: nics }, (_, i) => `eth${i}`);
    this.ports = this.nics.map((_, i) => `${name}-${i}`);
    this.#tor = tor;
  }

  /** The host's end of a cable. */
  async setNic(nic: number, state: 'up' | 'down'): Promise<void> {
    await this.space.ip(`link set ${this.nics[nic]} ${state}`);
  }

  /** The switch's end of a cable. */
  async setPort(nic: number, state: 'up' | 'down'): Promise<void> {
    await this.#tor.ip(`link set ${this.ports[nic]} ${state}`);
  }

  /** Frames vanish while both ends see a link. `direction` is as the host sees it. */
  async loseFrames(nic: number, direction: 'both' | 'in' | 'out' = 'both'): Promise<void> {
    await this.#eachEnd(nic, direction, ['add'], ['root', 'tbf', 'rate', '8bit', 'burst', '1', 'latency', '1ms']);
  }

  async passFrames(nic: number, direction: 'both' | 'in' | 'out' = 'both'): Promise<void> {
    await this.#eachEnd(nic, direction, ['del'], ['root']);
  }

  async #eachEnd(nic: number, direction: 'both' | 'in' | 'out', verb: readonly string[], rest: readonly string[]): Promise<void> {
    const ends: [Space, string | undefined][] = [];
    if (direction !== 'in') ends.push([this.space, this.nics[nic]]);
    if (direction !== 'out') ends.push([this.#tor, this.ports[nic]]);
    for (const [space, device] of ends) await space.run('tc', ['qdisc', ...verb, 'dev', device ?? '', ...rest]);
  }
}

export class Rack implements AsyncDisposable {
  readonly prefix: string;
  /** For files of the suite; goes with the rack. */
  readonly folder: string;
  readonly tor: Space;
  readonly torOvs: PrivateOvs;
  readonly hosts: ReadonlyMap<string, RackHost>;
  readonly #end: () => Promise<void>;

  constructor(
    parts: Pick<Rack, 'prefix' | 'folder' | 'tor' | 'torOvs'> & {
      readonly hosts: ReadonlyMap<string, RackHost>;
      readonly end: () => Promise<void>;
    },
  ) {
    this.prefix = parts.prefix;
    this.folder = parts.folder;
    this.tor = parts.tor;
    this.torOvs = parts.torOvs;
    this.hosts = parts.hosts;
    this.#end = parts.end;
  }

  host(name: string): RackHost {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name} in the rack`);
    return host;
  }

  /** How the switch treats the ports of a host from now on. */
  async partner(host: RackHost, layout: Layout): Promise<void> {
    await layPartner(this.torOvs, host, layout);
  }

  /** A machine behind a bridge of a host, or of the switch itself (`tor`). */
  async guest(where: RackHost | 'tor', spec: GuestSpec): Promise<RackGuest> {
    const [name, space, ovs] = where === 'tor' ? ['tor', this.tor, this.torOvs] : [where.name, where.space, where.ovs];
    const guestSpace = new Space(`${this.prefix}-${name}-${spec.name}`);
    return RackGuest.plug({ ...spec, bridge: spec.bridge ?? torBridge }, guestSpace, space, ovs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}

let racks = 0;

/** Starts the process that outlives this one by as long as it takes to clean up. */
const startReaper = (prefix: string, folder: string): (() => Promise<void>) => {
  const child = spawn('sh', [join(import.meta.dirname, 'reaper.sh'), prefix, folder], {
    // Apart from this terminal, so that an interrupt of the test does not end it.
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()));
  child.unref();
  return async () => {
    child.ref();
    child.stdin.end();
    await gone;
  };
};

const addSpace = async (namespace: string): Promise<Space> => {
  await ipBatch([`netns add ${namespace}`]);
  const space = new Space(namespace);
  await space.ip('link set lo up');
  return space;
};

/**
 * Several NICs on one network: each answers for its own address only, as an administrator of such a machine would set it. On the switch too,
 * whose kernel sees the frames of every port: else a port answers for the switch's address with its own.
 */
const arpOfItsOwn = 'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore; echo 2 >/proc/sys/net/ipv4/conf/all/arp_announce';

const addHost = async (name: string, nics: number, rack: Pick<Rack, 'prefix' | 'folder' | 'tor'>): Promise<RackHost> => {
  const space = await addSpace(`${rack.prefix}-${name}`);
  const host = new RackHost(name, space, await PrivateOvs.start(space, join(rack.folder, name)), nics, rack.tor);
  await ipBatch(
    host.nics.map((nic, i) => `link add ${nic} netns ${space.namespace} type veth peer name ${host.ports[i]} netns ${rack.tor.namespace}`),
  );
  await space.run('sh', ['-c', arpOfItsOwn]);
  await rack.tor.frames(['plain', ...host.ports]);
  await space.frames(['plain', ...host.nics]);
  await space.ip(...host.nics.map(nic => `link set ${nic} up`));
  await rack.tor.ip(...host.ports.map(port => `link set ${port} up`));
  return host;
};

/** Stands when this resolves: daemons run, cables are in, every host's ports are one LACP group at the switch. Hosts have no bridges. */
export const makeRack = async ({ hosts: names, nics = 4 }: RackSpec): Promise<Rack> => {
  racks += 1;
  const prefix = `rack-${process.pid}-${racks}`;
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const end = startReaper(prefix, folder);
  try {
    const tor = await addSpace(`${prefix}-tor`);
    await tor.run('sh', ['-c', arpOfItsOwn]);
    const torOvs = await PrivateOvs.start(tor, join(folder, 'tor'));
    await torOvs.vsctl('add-br', torBridge, '--', 'set', 'bridge', torBridge, 'datapath_type=netdev');
    const hosts = new Map<string, RackHost>();
    for (const host of await Promise.all(names.map(name => addHost(name, nics, { prefix, folder, tor })))) hosts.set(host.name, host);
    const rack = new Rack({ prefix, folder, tor, torOvs, hosts, end });
    for (const host of hosts.values()) await rack.partner(host, { kind: 'lacp' });
    return rack;
  } catch (error) {
    await end();
    throw error;
  }
};
