// A guest of a rack's hostd without a machine: hostd runs it on its simulated hypervisor, but its port on the switch is real, and behind it
// stands a namespace with a network stack of its own. Everything of a guest's network is so tested without the cost of QEMU.
//
//   namespace eth0 ── veth ── wire ── tap of the VIF ── switch

import { setTimeout as sleep } from 'node:timers/promises';
import { tagOf } from '../../../../src/drivers/network/ovs/names.ts';
import { tapName } from '../../../../src/drivers/network/ovs/tap.ts';
import type { LabHost } from '../hosts.ts';
import type { RackHost } from './rack.ts';
import { ipBatch, Space, type FrameTool } from './space.ts';

export interface SimGuestSpec {
  /** A word of two letters or more. */
  readonly name: string;
  /** Uuid. */
  readonly network: string;
  readonly mac: string;
  /** With prefix lengths. */
  readonly addresses?: readonly string[];
  readonly mtu?: number;
}

interface HostOfGuests {
  readonly host: RackHost;
  readonly hostd: LabHost;
  xcp(...args: readonly string[]): Promise<string>;
}

export class SimGuest {
  readonly vm: string;
  readonly vif: string;
  readonly mac: string;
  readonly tap: string;
  readonly space: Space;

  private constructor(vm: string, vif: string, mac: string, tap: string, space: Space) {
    this.vm = vm;
    this.vif = vif;
    this.mac = mac;
    this.tap = tap;
    this.space = space;
  }

  /** Made, started and connected. `prefix`: the rack's. */
  static async start(on: HostOfGuests, prefix: string, spec: SimGuestSpec): Promise<SimGuest> {
    const { host } = on;
    const { name, network, mac, addresses = [], mtu = 1500 } = spec;
    const vm = await on.xcp('vm-install', 'template=Tiny Linux', `new-name-label=${name}`);
    for (const old of (await on.xcp('vif-list', `vm-uuid=${vm}`, '--minimal')).split(',').filter(Boolean))
      await on.xcp('vif-destroy', `uuid=${old}`);
    const vif = await on.xcp('vif-create', `vm-uuid=${vm}`, `network-uuid=${network}`, 'device=0', `mac=${mac}`);
    await on.xcp('vm-start', `uuid=${vm}`);
    const space = new Space(`${prefix}-${host.name}-${name}`);
    const guest = new SimGuest(vm, vif, mac, tapName(tagOf(on.hostd.host.folder), vif), space);
    await ipBatch([
      `netns add ${space.namespace}`,
      `link add eth0 netns ${space.namespace} address ${mac} mtu ${mtu} type veth peer name w-${name} mtu ${mtu} netns ${host.space.namespace}`,
    ]);
    await space.frames(['plain', 'eth0']);
    await host.space.ip(`link set w-${name} up`);
    await space.ip(
      'link set lo up',
      'link set eth0 up',
      ...addresses.map(address => `addr add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`),
    );
    await host.space.startFrames(['wire', guest.tap, `w-${name}`]);
    // The switch sees the link of the tap when the wire has opened it.
    await sleep(50);
    return guest;
  }

  echo(): Promise<FrameTool> {
    return this.space.startFrames(['echo', '7']);
  }
}
