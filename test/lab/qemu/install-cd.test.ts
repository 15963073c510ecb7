// An installer's medium: a directory of CD images as an SR, a CD in a new VM's drive, and a machine that boots it, with paravirtual and
// with emulated devices. The medium here holds a boot sector that speaks on the serial port and stops.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { labHost, type LabHost } from '../support/hosts.ts';

const words = 'booted from the CD';
const CD_SECTOR_BYTES = 2048;
let lab: LabHost;
const folder = mkdtempSync(join(tmpdir(), 'xcp-isos-'));

/** cli; ds=0; then each byte of the text that follows to port 0x3f8; hlt for ever. */
const bootSector = (): Buffer => {
  const code = Buffer.from('fa31c08ed8be167cbaf803ac84c07403eeebf8f4ebfd', 'hex');
  return Buffer.concat([code, Buffer.from(`${words}\r\n\0`)], CD_SECTOR_BYTES);
};

const makeMedium = (name: string): void => {
  const content = join(folder, 'content');
  mkdirSync(content, { recursive: true });
  writeFileSync(join(content, 'boot.bin'), bootSector());
  const options = ['-quiet', '-b', 'boot.bin', '-c', 'boot.cat', '-no-emul-boot', '-boot-load-size', '4'];
  const programs = ['xorrisofs', 'genisoimage'];
  const program = programs.find(each => execFileSync('sh', ['-c', `command -v ${each} || true`]).length > 0) ?? 'xorrisofs';
  execFileSync(program, [...options, '-o', join(folder, name), content], { stdio: 'ignore' });
};

beforeAll(async () => {
  makeMedium('installer.iso');
  writeFileSync(join(folder, 'notes.txt'), 'no medium');
  lab = await labHost('cd');
  await lab.xcp('sr-create', 'name-label=media', 'type=iso', 'content-type=iso', `device-config:location=${folder}`);
}, 60_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('the directory is listed, and what is added is found by a scan', async () => {
  expect(await lab.xcp('cd-list', 'params=name-label', '--minimal')).toBe('installer.iso');
  makeMedium('second.iso');
  const sr = await lab.xcp('sr-list', 'name-label=media', '--minimal');
  const before = await lab.xcp('vdi-list', 'name-label=installer.iso', '--minimal');
  await lab.xcp('sr-scan', `uuid=${sr}`);
  expect((await lab.xcp('cd-list', 'params=name-label', '--minimal')).split(',').sort()).toEqual(['installer.iso', 'second.iso']);
  expect(await lab.xcp('vdi-list', 'name-label=installer.iso', '--minimal')).toBe(before);
});

test.each(['Debian Bullseye 11', 'Windows 7 (64-bit)'])(
  'a new VM of %s boots its installer',
  async template => {
    const vm = await lab.xcp('vm-install', `template=${template}`, `new-name-label=${template}`);
    await lab.xcp(
      'vm-memory-limits-set',
      `uuid=${vm}`,
      ...['static-min', 'dynamic-min', 'dynamic-max', 'static-max'].map(each => `${each}=128MiB`),
    );
    await lab.xcp('vm-cd-add', `uuid=${vm}`, 'cd-name=installer.iso', 'device=3');
    await lab.xcp('vm-start', `uuid=${vm}`);
    const log = join(lab.host.folder, 'guests', vm, 'serial.log');
    for (let waited = 0; !readFileSync(log, 'latin1').includes(words); waited += 250) {
      if (waited > 60_000) throw new Error(`it said only ${JSON.stringify(readFileSync(log, 'latin1').slice(-300))}`);
      await delay(250);
    }
    await lab.xcp('vm-cd-eject', `uuid=${vm}`);
    await lab.xcp('vm-shutdown', `uuid=${vm}`, '--force');
    await lab.xcp('vm-uninstall', `uuid=${vm}`, '--force');
    // Its owner's file stays.
    expect(readFileSync(join(folder, 'installer.iso')).length).toBeGreaterThan(CD_SECTOR_BYTES);
    expect((await lab.xcp('cd-list', 'params=name-label', '--minimal')).split(',').sort()).toContain('installer.iso');
  },
  120_000,
);
