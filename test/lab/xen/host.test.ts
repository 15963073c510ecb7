// The shipped executable as the agent of a Xen host, used as people use it: the same file on dom0, a guest installed, started, asked, killed, and its
// disk looked at when it is gone; guests that see fewer features of the processor.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/lib/clock.ts';
import { featuresBeyond, featuresetText, parseFeatureset } from '../../../src/lib/featureset.ts';
import { makeExtraDisk, type ExtraDisk } from '../support/xen/extra-disk.ts';
import { eventually } from '../support/xen/host.ts';
import { missing, xenImage } from '../support/xen/image.ts';
import { bootXenMachine, type XenMachine } from '../support/xen/machine.ts';

const dist = join(import.meta.dirname, '../../../dist');
const noExecutable = await access(join(dist, 'xcp')).then(
  () => undefined,
  () => 'the executable is not built: npm run build',
);
const reason = (await missing()) ?? noExecutable;
const DISK_MIB = 600;

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(20 * 60_000);
  let disk: ExtraDisk;
  let machine: XenMachine;
  const sh = (line: string): Promise<string> => machine.dom0.sh(line).then(text => text.trim());
  const xcp = (line: string): Promise<string> => sh(`/xcp/xcp ${line}`);

  const startAgent = async (): Promise<void> => {
    await sh('setsid /xcp/xcp hostd --hypervisor xen --log-format text </dev/null >>/var/log/xcp.log 2>&1 & echo $! >/run/xcp.pid');
    const limit = AbortSignal.timeout(300_000);
    for (;;) {
      const hosts = await xcp('host-list --minimal').catch(() => '');
      if (hosts !== '') return;
      await systemClock.sleep(1_000, { signal: limit });
    }
  };
  const killAgent = (): Promise<string> =>
    sh('kill -9 "$(cat /run/xcp.pid)"; while kill -0 "$(cat /run/xcp.pid)" 2>/dev/null; do sleep 0.1; done');

  beforeAll(async () => {
    disk = await makeExtraDisk(dist, DISK_MIB);
    machine = await bootXenMachine(await xenImage(), { name: 'host', extraDisk: disk.path });
    await startAgent();
  });
  afterAll(async () => {
    await machine[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  describe('a Xen host with the agent', () => {
    const args = 'console=hvc0 quiet xcp.counter=xvda xcp.counter.pause=0.2';
    let uuid = '';

    test('says what it is', async () => {
      expect(await xcp('host-param-get uuid=$(/xcp/xcp host-list --minimal) param-name=software-version param-key=xen')).toMatch(/^4\.17/);
      expect(await xcp('vm-list is-control-domain=true --minimal')).not.toBe('');
    });

    test('a PV guest is installed and started, and runs as a domain of Xen', async () => {
      uuid = await xcp('vm-install template="Tiny Linux" new-name-label="first on Xen"');
      await xcp(`vm-param-set uuid=${uuid} domain-type=pv PV-kernel=/guest/vmlinux PV-ramdisk=/guest/tiny.img PV-args="${args}"`);
      await xcp(`vm-start uuid=${uuid}`);
      expect(await xcp(`vm-param-get uuid=${uuid} param-name=power-state`)).toBe('running');
      expect(await sh('xl list')).toContain(`first-on-Xen.${uuid}`);
      expect(await xcp(`vm-param-get uuid=${uuid} param-name=dom-id`)).toBe(await sh(`xl domid first-on-Xen.${uuid}`));
    });

    test('it pauses, goes on, and reboots', async () => {
      await xcp(`vm-pause uuid=${uuid}`);
      expect(await sh(`xl list first-on-Xen.${uuid}`)).toMatch(/ --p--- /);
      await xcp(`vm-unpause uuid=${uuid}`);
      const before = await xcp(`vm-param-get uuid=${uuid} param-name=dom-id`);
      await xcp(`vm-reboot uuid=${uuid}`);
      expect(await xcp(`vm-param-get uuid=${uuid} param-name=power-state`)).toBe('running');
      expect(await xcp(`vm-param-get uuid=${uuid} param-name=dom-id`)).not.toBe(before);
    });

    test('the agent is killed and started again: the guest has run on and obeys', async () => {
      const domid = await sh(`xl domid first-on-Xen.${uuid}`);
      await killAgent();
      expect(await sh(`xl domid first-on-Xen.${uuid}`)).toBe(domid);
      await startAgent();
      expect(await xcp(`vm-param-get uuid=${uuid} param-name=power-state`)).toBe('running');
      await xcp(`vm-shutdown uuid=${uuid}`);
      expect(await xcp(`vm-param-get uuid=${uuid} param-name=power-state`)).toBe('halted');
      expect(await sh('xl list')).not.toContain(uuid);
    });

    test('its disk holds each record that it wrote, and is sound', async () => {
      const image = await sh('find /var/lib/xcp -name "*.qcow2" | head -1');
      await sh(`qemu-img check -q ${image} && qemu-img convert -f qcow2 -O raw ${image} /lab/disk.raw`);
      const numbers = (await sh("grep -ao 'XCP-COUNT [0-9]*' /lab/disk.raw")).split('\n').map(line => Number(line.split(' ')[1]));
      expect(numbers.length).toBeGreaterThan(5);
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
    });
  });

  describe('processor features', () => {
    const BMI2 = [0, 0, 0, 0, 0, 0x100];
    const GUEST_MS = 180_000;

    /** What a guest's kernel sees, as it prints it itself. */
    const flagsIn = async (uuid: string): Promise<readonly string[]> => {
      const domid = await xcp(`vm-param-get uuid=${uuid} param-name=dom-id`);
      const tty = await sh(`xenstore-read /local/domain/${domid}/console/tty`);
      let flags = '';
      const answers = async (): Promise<boolean> => {
        const said = await sh(`timeout 4 cat ${tty} & sleep 0.5; echo 'grep -m1 ^flags /proc/cpuinfo' >${tty}; wait; true`);
        flags = /^flags\s*: (.*?)\r?$/m.exec(said)?.[1] ?? '';
        return flags !== '';
      };
      await eventually('that the guest tells its flags', answers, GUEST_MS);
      return flags.split(' ');
    };

    test.each([
      ['pv', 'pv'],
      ['pvh', 'hvm'],
    ])('a %s guest sees all that the host gives, and none of what it is to do without', async (type, kind) => {
      const host = await xcp('host-list --minimal');
      const given = await xcp(`host-param-get uuid=${host} param-name=cpu_info param-key=features_${kind}_host`);
      expect(await xcp('pool-get-cpu-features')).toContain(given);
      const fewer = featuresetText(featuresBeyond(parseFeatureset(given) ?? [], BMI2));
      expect(fewer).not.toBe(given);
      const uuid = await xcp(`vm-install template="Tiny Linux" new-name-label="fewer ${type}"`);
      await xcp(
        `vm-param-set uuid=${uuid} domain-type=${type} PV-kernel=/guest/vmlinux PV-ramdisk=/guest/tiny.img PV-args="console=hvc0 quiet"`,
      );
      const booted = async (): Promise<string> =>
        (await xcp(`vm-param-get uuid=${uuid} param-name=last-boot-CPU-flags`)).replace(/^vendor: \w+; features: /, '');

      await xcp(`vm-start uuid=${uuid}`);
      expect(await booted()).toBe(given);
      const all = await flagsIn(uuid);
      expect(all).toContain('bmi2');
      await xcp(`vm-shutdown uuid=${uuid} --force`);

      await xcp(`vm-param-set uuid=${uuid} platform:featureset=${fewer}`);
      await xcp(`vm-start uuid=${uuid}`);
      expect(await booted()).toBe(fewer);
      const seen = await flagsIn(uuid);
      expect(seen).not.toContain('bmi2');
      expect(seen).toEqual(expect.arrayContaining(['sse2', 'bmi1']));
      console.log(`a ${type} guest without bmi2 misses: ${all.filter(flag => !seen.includes(flag)).join(' ')}`);
      await xcp(`vm-shutdown uuid=${uuid} --force`);
    });
  });
}
