// The control domain of a Xen host: what is live, and the file that the next boot is made from.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BootSettings, ControlDomain, HostPower } from '../../../src/drivers/control-domain.ts';
import { DriverError, type HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import { BOOT_FILE, bootFile, GRUB_CONFIG, parseBootFile } from '../../../src/drivers/hypervisor/xen/boot-settings.ts';
import { createXenDriver } from '../../../src/drivers/hypervisor/xen/driver.ts';
import { pinningOf } from '../../../src/drivers/hypervisor/xen/domain-zero.ts';
import { ToolError } from '../../../src/drivers/tool.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { FakeXen } from '../../support/fake-xen.ts';

const MIB = 1 << 20;
const folder = mkdtempSync(join(tmpdir(), 'xcp-boot-'));

let xen: FakeXen;
let driver: HypervisorDriver;
let zero: ControlDomain;
let power: HostPower;

/** GRUB's own work: the words that a shell makes of the files. */
const grubMakes = (more = ''): void => {
  const text = xen.files.get(BOOT_FILE) ?? '';
  const file = join(folder, 'zz.cfg');
  writeFileSync(file, text);
  const words = execFileSync('sh', ['-ec', `GRUB_CMDLINE_XEN_DEFAULT="${more}"; . ${file}; printf %s "$GRUB_CMDLINE_XEN_DEFAULT"`], {
    encoding: 'utf8',
  });
  xen.files.set(GRUB_CONFIG, `menuentry 'Debian' {\n\tmultiboot2\t/boot/xen-4.17-amd64.gz placeholder  ${words} \${xen_rm_opts}\n}\n`);
};

const failure = async (work: Promise<unknown>): Promise<DriverError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DriverError) return error;
  throw new Error('it should have been refused');
};

beforeEach(() => {
  xen = new FakeXen();
  xen.store.set('/local/domain/0/memory/target', String(1024 * 1024));
  xen.store.set('/local/domain/0/memory/static-max', String(2048 * 1024));
  xen.files.set('/proc/meminfo', 'MemTotal:         983040 kB\nMemFree:          100000 kB\nMemAvailable:     600000 kB\n');
  xen.onProgram = program => {
    if (program === 'update-grub') grubMakes();
  };
  driver = createXenDriver({ stateDir: '/state', dom0: xen, log: silentLogger });
  if (driver.controlDomain === undefined || driver.power === undefined) throw new Error('Xen has both');
  zero = driver.controlDomain;
  power = driver.power;
});
afterEach(() => driver.close());
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

describe('live', () => {
  test('what it has', async () => {
    xen.zero.online = 2;
    expect(await zero.state()).toEqual({
      cpus: 4,
      vcpus: 2,
      vcpusMax: 4,
      pinning: 'none',
      memoryBytes: 1024 * MIB,
      memoryMaxBytes: 2048 * MIB,
      usedBytes: (983_040 - 600_000) * 1024,
      machineMemoryBytes: 3071 * MIB,
    });
  });

  test('memory of which nobody has written down a target yet', async () => {
    xen.store.drop('/local/domain/0/memory');
    const state = await zero.state();
    expect(state.memoryBytes).toBe(1023 * MIB);
    expect(state.memoryMaxBytes).toBeUndefined();
  });

  test('pinned to its own CPUs, one call for each that is not, and free again by one', async () => {
    xen.zero.pins = ['all', '1', 'all', 'all'];
    await zero.setVcpus(2);
    await zero.pin('own');
    expect((await zero.state()).pinning).toBe('own');
    expect(xen.calls.filter(call => call.startsWith('vcpu-pin'))).toEqual(['vcpu-pin 0 0 0', 'vcpu-pin 0 2 2', 'vcpu-pin 0 3 3']);
    await zero.pin('none');
    expect(xen.zero.pins).toEqual(['all', 'all', 'all', 'all']);
    expect(await zero.state()).toMatchObject({ vcpus: 2, pinning: 'none' });
  });

  test('processors that come back are switched on, since its kernel does not', async () => {
    await zero.setVcpus(1);
    expect(xen.programs).toEqual([]);
    await zero.setVcpus(3);
    expect((await zero.state()).vcpus).toBe(3);
    expect(xen.programs).toEqual([expect.stringMatching(/^sh -c .*\/online.* sh 1 2$/)]);
  });

  test.each([0, 5, 1.5])('%p vCPUs are refused, since it was booted with 4', async count => {
    const error = await failure(zero.setVcpus(count));
    expect([error.kind, error.message]).toEqual(['bad-config', expect.stringContaining('booted with 4')]);
    expect(xen.calls.filter(call => call.startsWith('vcpu-set'))).toEqual([]);
  });

  test('memory is asked for in KiB', async () => {
    await zero.setMemory(1536 * MIB);
    expect(xen.calls).toContain('mem-set 0 1572864k');
    expect((await zero.state()).memoryBytes).toBe(1536 * MIB);
  });

  test.each([
    [[], 'none'],
    [['all', 'all'], 'none'],
    [['0', '1'], 'own'],
    [['1', '0'], 'mixed'],
    [['0', 'all'], 'mixed'],
    [['0-1', '0-1'], 'mixed'],
  ] as const)('pins %p are %s', (cpus, pinning) => {
    expect(pinningOf(cpus.map((each, vcpu) => ({ vcpu, isOnline: true, cpus: each })))).toBe(pinning);
  });

  test.each([
    [true, 'systemctl reboot'],
    [false, 'systemctl poweroff'],
  ])('the power, restart %p', async (restart, command) => {
    await power.shutdown({ restart });
    expect(xen.programs).toEqual([command]);
  });

  test('a system that does not go down says why', async () => {
    xen.onProgram = program => {
      throw new ToolError(program, 1, 'Interactive authentication required.');
    };
    expect((await failure(power.shutdown({ restart: true }))).message).toBe('systemctl reboot: Interactive authentication required.');
  });
});

describe('the next boot', () => {
  test.each<BootSettings>([
    {},
    { vcpus: 4, isPinned: false },
    { vcpus: 16, isPinned: true },
    { memoryBytes: 2048 * MIB },
    { vcpus: 1, isPinned: true, memoryBytes: 700 * MIB },
  ])('%j is what a shell, GRUB and the next process read', async settings => {
    xen.files.set('/etc/default/grub.d/xen.cfg', '# of others\n');
    expect(await zero.keepForBoot(settings)).toEqual([]);
    expect(await zero.bootSettings()).toEqual(settings);
    expect(xen.programs).toEqual(['update-grub', 'sync -f /etc/default/grub.d /boot/grub/grub.cfg']);
    expect(xen.files.has(BOOT_FILE)).toBe(bootFile(settings) !== undefined);
    expect(xen.files.get('/etc/default/grub.d/xen.cfg')).toBe('# of others\n');
  });

  test('the words of Xen, in the last of its variables, behind those of others', async () => {
    await zero.keepForBoot({ vcpus: 2, isPinned: true, memoryBytes: 1024 * MIB });
    expect(xen.files.get(GRUB_CONFIG)).toContain(' dom0_max_vcpus=1-2 dom0_vcpus_pin dom0_mem=1024M,max:1024M ');
    expect(xen.files.get(BOOT_FILE)).toContain('GRUB_CMDLINE_XEN_DEFAULT="$GRUB_CMDLINE_XEN_DEFAULT dom0_max_vcpus');
  });

  test('nothing is left of it', async () => {
    await zero.keepForBoot({ vcpus: 2, isPinned: true });
    await zero.keepForBoot({});
    expect(xen.files.has(BOOT_FILE)).toBe(false);
    expect(xen.files.get(GRUB_CONFIG)).not.toContain('dom0');
  });

  test('what others give Xen is told, and not touched', async () => {
    xen.onProgram = program => {
      if (program === 'update-grub') grubMakes('dom0_max_vcpus=8 dom0_vcpus_pin');
    };
    expect(await zero.keepForBoot({ vcpus: 2, isPinned: false })).toEqual([
      'another file of /etc/default gives Xen dom0_vcpus_pin, which stays until it is removed there',
    ]);
    expect(await zero.keepForBoot({})).toEqual([
      'another file of /etc/default gives Xen dom0_max_vcpus=8, which stays until it is removed there',
      'another file of /etc/default gives Xen dom0_vcpus_pin, which stays until it is removed there',
    ]);
    expect(await zero.keepForBoot({ memoryBytes: 1024 * MIB })).toEqual([]);
  });

  test('a configuration that starts no Xen, or another one, is told', async () => {
    xen.onProgram = () => void xen.files.set(GRUB_CONFIG, 'linux /vmlinuz\n');
    expect(await zero.keepForBoot({ vcpus: 2 })).toEqual([`${GRUB_CONFIG} starts no Xen: give the loader that does dom0_max_vcpus=1-2`]);
    xen.onProgram = () => void xen.files.set(GRUB_CONFIG, 'multiboot2 /xen.gz dom0_max_vcpus=1-2 dom0_max_vcpus=9\n');
    expect(await zero.keepForBoot({ vcpus: 2 })).toEqual([expect.stringContaining('dom0_max_vcpus=9 and not dom0_max_vcpus=1-2')]);
  });

  test.each([
    [127, 'unsupported', 'no update-grub'],
    [1, 'failed', 'disk full'],
  ])('when update-grub ends with %i, the boot is as it was', async (exitCode, kind, words) => {
    await zero.keepForBoot({ vcpus: 2, isPinned: false });
    const before = xen.files.get(BOOT_FILE);
    xen.onProgram = program => {
      if (program === 'update-grub') throw new ToolError(program, exitCode, 'disk full');
    };
    const error = await failure(zero.keepForBoot({ vcpus: 3, isPinned: true }));
    expect([error.kind, error.message]).toEqual([kind, expect.stringContaining(words)]);
    expect(xen.files.get(BOOT_FILE)).toBe(before);
  });

  test('a file of somebody else in its place is neither read nor written', async () => {
    xen.files.set(BOOT_FILE, 'GRUB_CMDLINE_XEN="dom0_max_vcpus=1-3"\n');
    expect((await failure(zero.bootSettings())).kind).toBe('in-use');
    expect((await failure(zero.keepForBoot({ vcpus: 2 }))).kind).toBe('in-use');
    expect(xen.files.get(BOOT_FILE)).toBe('GRUB_CMDLINE_XEN="dom0_max_vcpus=1-3"\n');
    expect(xen.programs).toEqual([]);
  });

  test('a file that was edited by hand is read as far as it can be', () => {
    const text = bootFile({ vcpus: 2, isPinned: true })?.replace('1-2', 'two') ?? '';
    expect(parseBootFile(text)).toEqual({});
  });
});
