// The Xen driver keeps the hypervisor's contract, on real Xen with real guests of each kind. One host serves them all.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { GuestSpec } from '../../../src/drivers/hypervisor.ts';
import { hypervisorContract } from '../../contract/hypervisor-contract.ts';
import { amount } from '../support/xen/amount.ts';
import { missing, xenImage } from '../support/xen/image.ts';
import { bootXenMachine, type XenMachine } from '../support/xen/machine.ts';
import { makeXenWorld } from '../support/xen/world.ts';

const MEMORY_BYTES = 128 << 20;
const PATIENCE_MS = 300_000;

const reason = await missing();
if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(30 * 60_000);
  let machine: XenMachine;
  beforeAll(async () => {
    machine = await bootXenMachine(await xenImage(), { name: 'contract' });
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
  });

  hypervisorContract('xen, PV guests', () => makeXenWorld(machine.dom0, 'pv'), { only: 'staying' });
  // The processor's own paging, and another way into the kernel.
  hypervisorContract('xen, PVH guests', () => makeXenWorld(machine.dom0, 'pvh'), { only: amount('staying', 'running') });
  // A whole machine with its BIOS takes a minute until its kernel is loaded: one guest shows it all.
  hypervisorContract('xen, HVM guests', () => makeXenWorld(machine.dom0, 'hvm'), { only: 'running' });

  test('a whole machine writes through its emulated disks until its driver is up: nothing is done with the disks before', async () => {
    await using world = await makeXenWorld(machine.dom0, 'hvm');
    const { here, boot, guest } = world;
    const [id, source] = [randomUUID(), await world.volume()];
    const disks = [{ id: 'a', userdevice: '0', kind: 'disk', readOnly: false, bootable: true, source }] as const;
    const memory = { memoryStaticMaxBytes: MEMORY_BYTES, memoryTargetBytes: MEMORY_BYTES };
    const spec: GuestSpec = { id, name: 'whole', vcpusAtStartup: 1, vcpusMax: 1, ...memory, boot, platform: {}, disks, nics: [], ...guest };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await here.start(spec, { paused: true, signal });
    const overlay = await world.volume(source);
    await expect(here.freeze(id, [{ diskId: 'a', overlay }])).rejects.toMatchObject({ kind: 'guest-refused' });
    await expect(here.moveDisk(id, 'a', overlay, { signal })).rejects.toMatchObject({ kind: 'guest-refused' });
    expect(await here.activeLayer(id, 'a')).toBe(source.path);
  });

  describe('other people’s domains', () => {
    const config = (name: string) => `name = "${name}"
type = "pv"
kernel = "/guest/vmlinux"
ramdisk = "/guest/tiny.img"
extra = "console=hvc0 quiet"
memory = 128
`;
    test('a domain made by hand is shown, but no guest, and not touched, and its name does not matter', async () => {
      const world = await makeXenWorld(machine.dom0, 'pv');
      await machine.dom0.sh('cat >/root/foreign.cfg', { input: config('foreign') });
      await machine.dom0.run('xl', ['create', '-q', '/root/foreign.cfg']);
      try {
        expect(await world.here.list()).toEqual([]);
        expect(await world.here.listDomains?.()).toEqual([expect.objectContaining({ name: 'foreign', isGuest: false })]);
        await world[Symbol.asyncDispose]();
        expect(await machine.dom0.run('xl', ['list'])).toContain('foreign');
      } finally {
        await machine.dom0.run('xl', ['destroy', 'foreign']);
      }
    });
  });
}
