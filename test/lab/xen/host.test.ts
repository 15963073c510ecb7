// One Xen host with the shipped agent: the life of a VM, and guests that are not as others are: some see fewer features of the processor, one writes rubbish into its part
// of the store, as much as it may and without end.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/lib/clock.ts';
import { featuresBeyond, featuresetText, parseFeatureset } from '../../../src/lib/featureset.ts';
import { lifeOfAVm } from '../../contract/life-of-a-vm.ts';
import { executableDisk, missingForHosts } from '../support/xen/executable.ts';
import type { ExtraDisk } from '../support/xen/extra-disk.ts';
import { eventually, XenHost } from '../support/xen/host.ts';
import { makeHostileRamdisk } from '../support/xen/hostile-ramdisk.ts';
import { xenImage } from '../support/xen/image.ts';
import { bootXenMachine, type XenMachine } from '../support/xen/machine.ts';

const reason = await missingForHosts();
const MIB = 1 << 20;
const HOSTILE = '/guest/hostile.img';

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
    machine = await bootXenMachine(image, { name: 'host', extraDisk: disk.path });
    const folder = await mkdtemp(join(tmpdir(), 'xcp-hostile-'));
    await makeHostileRamdisk(image.guestRamdisk, join(folder, 'ramdisk'));
    await machine.dom0.copy(join(folder, 'ramdisk'), HOSTILE);
    await rm(folder, { recursive: true });
    host = new XenHost(machine.dom0, '127.0.0.1');
    await host.begin();
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  // The host is there for the others too.
  lifeOfAVm('Xen', () =>
    Promise.resolve({ server: host.server, install: name => host.install(name), [Symbol.asyncDispose]: () => Promise.resolve() }),
  );

  const ofVm = (uuid: string, ...names: readonly string[]): Promise<string> => host.xcp('vm-param-get', `uuid=${uuid}`, ...names);

  describe('processor features', () => {
    const BMI2 = [0, 0, 0, 0, 0, 0x100];
    const GUEST_MS = 180_000;

    /** What a guest's kernel sees, as it prints it itself. */
    const flagsIn = async (uuid: string): Promise<readonly string[]> => {
      const tty = await host.sh(`xenstore-read /local/domain/${await ofVm(uuid, 'param-name=dom-id')}/console/tty`);
      let flags = '';
      const answers = async (): Promise<boolean> => {
        const said = await host.sh(`timeout 4 cat ${tty} & sleep 0.5; echo 'grep -m1 ^flags /proc/cpuinfo' >${tty}; wait; true`);
        flags = /^flags\s*: (.*?)\r?$/m.exec(said)?.[1] ?? '';
        return flags !== '';
      };
      await eventually('that the guest tells its flags', answers, GUEST_MS);
      return flags.split(' ');
    };
    const booted = async (uuid: string): Promise<string> =>
      (await ofVm(uuid, 'param-name=last-boot-CPU-flags')).replace(/^vendor: \w+; features: /, '');

    test.each([
      ['pv', 'pv'],
      ['pvh', 'hvm'],
    ] as const)('a %s guest sees all that the host gives, and none of what it is to do without', async (type, kind) => {
      const self = await host.xcp('host-list', '--minimal');
      const given = await host.xcp('host-param-get', `uuid=${self}`, 'param-name=cpu_info', `param-key=features_${kind}_host`);
      expect(await host.xcp('pool-get-cpu-features')).toContain(given);
      const fewer = featuresetText(featuresBeyond(parseFeatureset(given) ?? [], BMI2));
      expect(fewer).not.toBe(given);
      const uuid = await host.install(`fewer ${type}`, { type });

      await host.xcp('vm-start', `uuid=${uuid}`);
      expect(await booted(uuid)).toBe(given);
      const all = await flagsIn(uuid);
      expect(all).toContain('bmi2');
      await host.xcp('vm-shutdown', `uuid=${uuid}`, '--force');

      await host.xcp('vm-param-set', `uuid=${uuid}`, `platform:featureset=${fewer}`);
      await host.xcp('vm-start', `uuid=${uuid}`);
      expect(await booted(uuid)).toBe(fewer);
      const seen = await flagsIn(uuid);
      expect(seen).not.toContain('bmi2');
      expect(seen).toEqual(expect.arrayContaining(['sse2', 'bmi1']));
      console.log(`a ${type} guest without bmi2 misses: ${all.filter(flag => !seen.includes(flag)).join(' ')}`);
      await host.xcp('vm-shutdown', `uuid=${uuid}`, '--force');
    });
  });

  describe('a hostile guest', () => {
    const BEGIN_MS = 300_000;
    const FLOOD_MS = 60_000;
    const LOOK_MS = 5_000;
    /** Two rounds over all its nodes, at least. */
    const LEAST_WRITES = 1_800;
    /** A garbage collector comes when it likes. */
    const MOST_GROWTH_MIB = 64;

    /** Of the agent. */
    const memoryMib = async (): Promise<number> =>
      Math.round((Number(await host.sh(`awk '/^VmRSS/ { print $2 }' "/proc/$(cat /run/xcp.pid)/status"`)) * 1024) / MIB);
    const cpuSeconds = async (): Promise<number> =>
      Number(await host.sh(`awk '{ print ($14 + $15) / 100 }' "/proc/$(cat /run/xcp.pid)/stat"`));

    test('rubbish without end: the agent stays small, a calm guest runs on and obeys, what is shown is bounded', async () => {
      const calm = await host.startCounting('calm');
      const beforeMib = await memoryMib();
      const hostile = await host.install('hostile', { ramdisk: HOSTILE });
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

      expect(await ofVm(hostile, 'param-name=os-version')).toMatch(/^[\x20-\x7e]{1,2000}$/);
      expect(await ofVm(calm, 'param-name=os-version')).toMatch(/^(\w+: [\w .+-]+(; )?)+$/);
      const askedMs = performance.now();
      await host.xcp('vm-shutdown', `uuid=${calm}`);
      const shutdownS = (performance.now() - askedMs) / 1000;
      expect(await ofVm(calm, 'param-name=power-state')).toBe('halted');
      const domid = await ofVm(hostile, 'param-name=dom-id');
      await host.xcp('vm-shutdown', `uuid=${hostile}`, '--force');
      expect(await host.sh(`xenstore-ls /local/domain/${domid} 2>&1 | wc -l`)).toBe('1');
      console.log(
        `${writes - writesBefore} nodes of 1.8 KB written in ${tookS.toFixed(0)} s: the agent took ${cpu.toFixed(1)} s of the processor and had ` +
          `${Math.max(...seen)} MiB at most, ${beforeMib} MiB before; the calm guest shut down in ${shutdownS.toFixed(1)} s`,
      );
    });
  });
}
