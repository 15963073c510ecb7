// The Xen driver between two real Xen hosts: the part of the contract that is about moving, and a guest that writes while it goes to and fro.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { hypervisorContract } from '../../contract/hypervisor-contract.ts';
import type { GuestSpec, HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import type { VolumeSource } from '../../../src/drivers/storage.ts';
import { createTlsIdentity } from '../../../src/ops/migration/certificates.ts';
import { byHandInWords, moveByHand } from '../support/xen/by-hand.ts';
import { missing, xenImage } from '../support/xen/image.ts';
import { bootXenPair, type XenMachine } from '../support/xen/machine.ts';
import type { SshDom0 } from '../support/xen/ssh-dom0.ts';
import { makeXenWorld, type XenWorld } from '../support/xen/world.ts';

const MIB = 1 << 20;
const MEMORY_MIB = 1792;
const MOVES = 10;
const MOVE_MS = 300_000;
const COUNTING = 'console=hvc0 quiet xcp.counter=xvda xcp.counter.pause=0.1';

const reason = await missing();
if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(30 * 60_000);
  let left: XenMachine;
  let right: XenMachine;
  beforeAll(async () => {
    [left, right] = await bootXenPair(await xenImage(), { memoryMib: MEMORY_MIB });
  });
  afterAll(async () => {
    await right[Symbol.asyncDispose]();
    await left[Symbol.asyncDispose]();
  });

  hypervisorContract('xen, two hosts', () => makeXenWorld(left.dom0, 'pv', right.dom0), { only: 'moving' });

  describe('a PV guest that writes all the time', () => {
    let world: XenWorld;
    beforeAll(async () => {
      world = await makeXenWorld(left.dom0, 'pv', right.dom0);
    });
    afterAll(async () => {
      await world[Symbol.asyncDispose]();
    });

    interface Side {
      readonly driver: HypervisorDriver;
      readonly dom0: SshDom0;
    }
    interface Moved {
      readonly tookMs: number;
      readonly stoppedMs: number;
    }

    const specOn = (source: VolumeSource): GuestSpec => ({
      id: randomUUID(),
      name: 'counter',
      vcpusAtStartup: 1,
      vcpusMax: 1,
      memoryStaticMaxBytes: 128 * MIB,
      memoryTargetBytes: 128 * MIB,
      boot: { kind: 'kernel', kernelPath: '/guest/vmlinux', ramdiskPath: '/guest/tiny.img', args: COUNTING },
      domainType: 'pv',
      platform: {},
      disks: [{ id: 'disk', userdevice: '0', kind: 'disk', readOnly: false, bootable: true, source }],
      nics: [],
    });

    const move = async (from: Side, to: Side, spec: GuestSpec, source: VolumeSource): Promise<Moved> => {
      await to.dom0.sh(`rm -f ${source.path} && qemu-img create -q -f qcow2 ${source.path} ${source.sizeBytes}`);
      const [ours, theirs] = await Promise.all([createTlsIdentity(), createTlsIdentity()]);
      const startedMs = performance.now();
      const options = { compression: false, signal: AbortSignal.timeout(MOVE_MS), tls: ours.toward(theirs.offer) };
      const ticket = await to.driver.migration.receive(spec, { address: '127.0.0.1', compression: false, tls: theirs.toward(ours.offer) });
      await from.driver.migration.sendDisks(spec.id, ticket, { ...options, sync: 'full' });
      await from.driver.migration.sendMemory(spec.id, ticket, options);
      const { downtimeMs = Number.NaN } = await from.driver.migration.handOver(spec.id, ticket, options);
      const handedOverMs = performance.now();
      await to.driver.migration.received(spec.id, options);
      await to.driver.migration.activate(spec.id, { paused: false });
      const nowMs = performance.now();
      await from.driver.destroy(spec.id);
      return { tookMs: nowMs - startedMs, stoppedMs: downtimeMs + nowMs - handedOverMs };
    };

    /** What the console of the guest says now that it has written. */
    const counted = async ({ driver, dom0 }: Side, id: string): Promise<number> => {
      const domid = (await driver.status(id))?.domid ?? 0;
      const said = await dom0.sh(`timeout 3 cat "$(xenstore-read /local/domain/${domid}/console/tty)" || true`);
      return Number([...said.matchAll(/COUNT (\d+) [\d.]+\r?\n/g)].at(-1)?.[1] ?? 0);
    };

    test(`${MOVES} moves to and fro: each write is there, the image is whole, nothing is left over`, async () => {
      const source = await world.volume();
      const spec = specOn(source);
      const sides: readonly [Side, Side] = [
        { driver: world.here, dom0: left.dom0 },
        { driver: world.there, dom0: right.dom0 },
      ];
      await world.here.start(spec, { paused: false, signal: AbortSignal.timeout(MOVE_MS) });
      await world.booted(world.here, spec.id);
      const moves: Moved[] = [];
      let last = 0;
      for (let i = 0; i < MOVES; i++) {
        const [from, to] = i % 2 === 0 ? sides : [sides[1], sides[0]];
        moves.push(await move(from, to, spec, source));
        expect(await from.driver.list()).toEqual([]);
        expect(await to.driver.status(spec.id)).toMatchObject({ state: 'running' });
        const now = await counted(to, spec.id);
        expect(now).toBeGreaterThan(last);
        last = now;
      }
      const end = sides[MOVES % 2] ?? sides[0];
      await end.driver.shutdown(spec.id, { signal: AbortSignal.timeout(MOVE_MS) });
      await end.dom0.sh(`qemu-img check -q ${source.path} && qemu-img convert -f qcow2 -O raw ${source.path} /lab/disk.raw`);
      const found = await end.dom0.sh("grep -ao 'XCP-COUNT [0-9]*' /lab/disk.raw; rm /lab/disk.raw");
      const numbers = found
        .trim()
        .split('\n')
        .map(line => Number(line.split(' ')[1]));
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
      expect(numbers.length).toBeGreaterThanOrEqual(last);
      const figures = moves.map(({ tookMs, stoppedMs }) => `${(tookMs / 1000).toFixed(1)} s (${(stoppedMs / 1000).toFixed(1)} s stopped)`);
      const hand = await moveByHand(left.dom0, right.dom0, '10.77.0.2');
      console.log(`${MOVES} moves of a writing PV guest, ${numbers.length} records: ${figures.join(', ')}; ${byHandInWords(hand)}`);
    });
  });
}
