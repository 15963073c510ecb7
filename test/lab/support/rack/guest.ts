// A machine behind a bridge: a namespace with one NIC, `eth0`, plugged by hand. It stands for a guest where no QEMU is needed.

import type { PrivateOvs } from './private-ovs.ts';
import { type Ear, type FrameTool, ipBatch, type Space } from './space.ts';

export interface GuestSpec {
  /** A word of a few letters, at least two since `ip` takes single ones for something else; also the name of its port. */
  readonly name: string;
  /** Name of the device of the bridge on its host. */
  readonly bridge?: string;
  readonly mac: string;
  readonly tag?: number;
  /** With prefix lengths. */
  readonly addresses?: readonly string[];
  readonly mtu?: number;
}

export class RackGuest {
  readonly name: string;
  readonly mac: string;
  readonly space: Space;
  readonly #host: Space;
  readonly #ovs: PrivateOvs;

  private constructor(spec: GuestSpec, space: Space, host: Space, ovs: PrivateOvs) {
    this.name = spec.name;
    this.mac = spec.mac;
    this.space = space;
    this.#host = host;
    this.#ovs = ovs;
  }

  static async plug(spec: GuestSpec, space: Space, host: Space, ovs: PrivateOvs): Promise<RackGuest> {
    const { name, bridge = '', mac, tag, addresses = [], mtu = 1500 } = spec;
    const guest = new RackGuest(spec, space, host, ovs);
    await ipBatch([
      `netns add ${space.namespace}`,
      `link add eth0 netns ${space.namespace} address ${mac} mtu ${mtu} type veth peer name ${name} mtu ${mtu} netns ${host.namespace}`,
    ]);
    await space.frames(['plain', 'eth0']);
    await host.ip(`link set ${name} up`);
    await space.ip(
      'link set lo up',
      'link set eth0 up',
      ...addresses.map(address => `addr add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`),
    );
    // Without an access mode the port would be a trunk.
    const settings = ['vlan_mode=access', ...(tag === undefined ? [] : [`tag=${tag}`])];
    await ovs.vsctl('add-port', bridge, name, '--', 'set', 'port', name, ...settings);
    return guest;
  }

  /** Answers datagrams on port 7 until told to end. */
  echo(): Promise<FrameTool> {
    return this.space.startFrames(['echo', '7']);
  }

  /** Frames out of its NIC, as hexadecimal texts. */
  async send(frames: readonly string[]): Promise<void> {
    await this.space.frames(['send', 'eth0'], frames);
  }

  hear(marks: readonly string[]): Promise<Ear> {
    return this.space.hear(marks);
  }

  async unplug(): Promise<void> {
    await this.#ovs.vsctl('--if-exists', 'del-port', this.name);
    await this.#host.ip(`link del ${this.name}`);
    await ipBatch([`netns del ${this.space.namespace}`]);
  }
}
