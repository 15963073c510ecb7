// A guest that writes rubbish into its part of the store, as much as it may and without end, harms neither the agent's memory nor other guests.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/lib/clock.ts';
import { executableDisk, missingForHosts } from '../support/xen/executable.ts';
import type { ExtraDisk } from '../support/xen/extra-disk.ts';
import { eventually, XenHost } from '../support/xen/host.ts';
import { makeHostileRamdisk } from '../support/xen/hostile-ramdisk.ts';
import { xenImage } from '../support/xen/image.ts';
import { bootXenMachine, type XenMachine } from '../support/xen/machine.ts';

const reason = await missingForHosts();
const MIB = 1 << 20;
const BEGIN_MS = 300_000;
const FLOOD_MS = 60_000;
const LOOK_MS = 5_000;
/** Two rounds over all its nodes, at least. */
const LEAST_WRITES = 1_800;
/** A garbage collector comes when it likes. */
const MOST_GROWTH_MIB = 64;
const RAMDISK = '/guest/hostile.img';

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(15 * 60_000);
  let disk: ExtraDisk;
  let machine: XenMachine;
  let host: XenHost;

  beforeAll(async () => {
    disk = await executableDisk();
    const image = await xenImage();
    machine = await bootXenMachine(image, { name: 'hostile', extraDisk: disk.path });
    const folder = await mkdtemp(join(tmpdir(), 'xcp-hostile-'));
    await makeHostileRamdisk(image.guestRamdisk, join(folder, 'ramdisk'));
    await machine.dom0.copy(join(folder, 'ramdisk'), RAMDISK);
    await rm(folder, { recursive: true });
    host = new XenHost(machine.dom0, '127.0.0.1');
    await host.begin();
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  /** Of the agent. */
  const memoryMib = async (): Promise<number> =>
    Math.round((Number(await host.sh(`awk '/^VmRSS/ { print $2 }' "/proc/$(cat /run/xcp.pid)/status"`)) * 1024) / MIB);
  const cpuSeconds = async (): Promise<number> =>
    Number(await host.sh(`awk '{ print ($14 + $15) / 100 }' "/proc/$(cat /run/xcp.pid)/stat"`));

  test('rubbish without end: the agent stays small, a calm guest runs on and obeys, what is shown is bounded', async () => {
    const calm = await host.startCounting('calm');
    const beforeMib = await memoryMib();
    const hostile = await host.install('hostile', { ramdisk: RAMDISK });
    await host.xcp('vm-start', `uuid=${hostile}`);
    let writes = 0;
    const hasWritten = async (least: number): Promise<boolean> => {
      writes = Number([...(await host.said(hostile)).matchAll(/HOSTILE: (\d+) nodes/g)].at(-1)?.[1] ?? writes);
      return writes >= least;
    };
    await eventually('that the hostile guest floods the store', () => hasWritten(LEAST_WRITES), BEGIN_MS);

    const seen: number[] = [];
    const [countedBefore, cpuBefore, writesBefore] = [await host.counted(calm), await cpuSeconds(), writes];
    const startedMs = performance.now();
    while (performance.now() - startedMs < FLOOD_MS) {
      seen.push(await memoryMib());
      await systemClock.sleep(LOOK_MS);
    }
    await hasWritten(writesBefore + 1);
    const [tookS, cpu] = [(performance.now() - startedMs) / 1000, (await cpuSeconds()) - cpuBefore];
    expect(writes).toBeGreaterThan(writesBefore);
    expect(await host.counted(calm)).toBeGreaterThan(countedBefore);
    expect(Math.max(...seen) - beforeMib).toBeLessThan(MOST_GROWTH_MIB);

    const shown = await host.xcp('vm-param-get', `uuid=${hostile}`, 'param-name=os-version');
    expect(shown).toMatch(/^[\x20-\x7e]{1,2000}$/);
    expect(await host.xcp('vm-param-get', `uuid=${calm}`, 'param-name=os-version')).toMatch(/^(\w+: [\w .+-]+(; )?)+$/);
    const askedMs = performance.now();
    await host.xcp('vm-shutdown', `uuid=${calm}`);
    const shutdownS = (performance.now() - askedMs) / 1000;
    expect(await host.xcp('vm-param-get', `uuid=${calm}`, 'param-name=power-state')).toBe('halted');
    const domid = await host.xcp('vm-param-get', `uuid=${hostile}`, 'param-name=dom-id');
    await host.xcp('vm-shutdown', `uuid=${hostile}`, '--force');
    expect(await host.sh(`xenstore-ls /local/domain/${domid} 2>&1 | wc -l`)).toBe('1');
    console.log(
      `${writes - writesBefore} nodes of 1.8 KB written in ${tookS.toFixed(0)} s: the agent took ${cpu.toFixed(1)} s of the processor and had ` +
        `${Math.max(...seen)} MiB at most, ${beforeMib} MiB before; the calm guest shut down in ${shutdownS.toFixed(1)} s`,
    );
  });
}
