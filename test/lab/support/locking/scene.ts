// A scene for locked VIFs: one host of a rack whose bridge is cabled to the switch, a guest's tap on it held by the test, and a machine
// behind the switch that takes down what comes.

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { VifPort } from '../../../../src/drivers/network.ts';
import { testPort } from '../../../contract/network-contract.ts';
import type { RackGuest } from '../rack/guest.ts';
import { makeRack, type Rack, type RackHost } from '../rack/rack.ts';
import { type Cast, frameKinds, type FrameKind } from './kinds.ts';
import { RemoteDriver } from './remote-driver.ts';
import { WireEnd } from './wire.ts';

export const bridge = 'xenbr0';
export const networkId = '11111111-2222-4333-8444-555555555555';

export interface Scene extends AsyncDisposable {
  readonly rack: Rack;
  readonly host: RackHost;
  readonly stateDir: string;
  /** The bridge's name on the machine. */
  readonly device: string;
  readonly cast: Cast;
  readonly kinds: readonly FrameKind[];
  readonly peer: RackGuest;
  /** At the peer. */
  readonly witness: WireEnd;
  driver: RemoteDriver;
}

export const cast: Cast = {
  mac: '02:00:00:00:0a:01',
  ipv4: '10.0.0.1',
  ipv6: 'fd00::1',
  linkLocal: 'fe80::ff:fe00:a01',
  peer: { mac: '02:00:00:00:0b:01', ipv4: '10.0.0.2', ipv6: 'fd00::2' },
};

export const lockedPort = (more: Partial<VifPort> = {}): VifPort =>
  testPort({ bridge, mac: cast.mac, lockingMode: 'locked', ipv4Allowed: [cast.ipv4], ipv6Allowed: [cast.ipv6], ...more });

export const makeScene = async (): Promise<Scene> => {
  const rack = await makeRack({ hosts: ['a'], nics: 1 });
  try {
    const host = rack.host('a');
    await rack.partner(host, { kind: 'plain' });
    const stateDir = mkdtempSync(join(rack.folder, 'state-'));
    const driver = await RemoteDriver.start(host, stateDir);
    await driver.ensureBridge({ bridge, networkId, mtu: 1500 });
    const device = (await host.ovs.vsctl('--bare', '--columns=name', 'find', 'bridge', `external_ids:xcp-bridge=${bridge}`)).trim();
    await host.ovs.vsctl('add-port', device, 'eth0');
    const peer = await rack.guest('tor', { name: 'peer', mac: cast.peer.mac });
    const witness = await WireEnd.open(peer.space, 'packet', 'eth0');
    return {
      rack,
      host,
      stateDir,
      device,
      cast,
      kinds: frameKinds(cast),
      peer,
      witness,
      driver,
      async [Symbol.asyncDispose]() {
        await witness[Symbol.asyncDispose]();
        await rack[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await rack[Symbol.asyncDispose]();
    throw error;
  }
};

/** Plugs a VIF and holds its tap, as its guest's hypervisor would. */
export const plugged = async ({ driver, host }: Scene, port: VifPort): Promise<WireEnd> => {
  const attachment = await driver.plug(port);
  if (attachment.kind !== 'tap') throw new Error(`the VIF has no tap but ${attachment.kind}`);
  return WireEnd.open(host.space, 'tap', attachment.ifname);
};

/** Sends frames of each kind and names those that came, by their marks. */
export const arrived = async ({ witness, kinds }: Scene, guest: WireEnd, settleMs = 300): Promise<ReadonlySet<string>> => {
  await witness.listen(kinds.map(({ mark }) => mark));
  // Twice: a network may lose a frame that it would pass, and what it drops it must drop each time.
  for (let round = 0; round < 2; round += 1) {
    await guest.send(kinds.map(({ frame }) => frame));
    await new Promise(resolve => setTimeout(resolve, settleMs));
  }
  return new Set(Object.keys((await witness.heard()).counts));
};
