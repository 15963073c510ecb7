// A disk grows under its running guest: the guest sees it, the storage and the records agree, and all of it lasts.

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { imageOf } from '../../../tools/tour/proof.ts';
import { typed } from '../support/guest-console.ts';
import { labHost, type LabHost } from '../support/hosts.ts';

const MIB = 1 << 20;
const SECTOR_BYTES = 512;
let lab: LabHost;
let vm = '';
let vdi = '';

beforeAll(async () => {
  lab = await labHost('resize');
  vm = await lab.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=grows');
  vdi = await lab.xcp('vbd-list', `vm-uuid=${vm}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
  await lab.xcp('vm-start', `uuid=${vm}`);
  await seenByGuest();
}, 120_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** Bytes of the disk as the guest's kernel knows it. */
async function seenByGuest(): Promise<number> {
  const [, sectors = ''] = await typed(lab.host.server, vm, 'echo size-$(cat /sys/class/block/vda/size)-', /size-(\d+)-/);
  return Number(sectors) * SECTOR_BYTES;
}
const recorded = async (): Promise<number> => Number(await lab.xcp('vdi-param-get', `uuid=${vdi}`, 'param-name=virtual-size'));
const imageBytes = async (): Promise<number> => {
  const info: unknown = JSON.parse(execFileSync('qemu-img', ['info', '-U', '--output=json', imageOf(lab.host, vdi)], { encoding: 'utf8' }));
  return Number((info as Readonly<Record<string, unknown>>)['virtual-size']);
};
const everywhere = async (): Promise<readonly number[]> => [await seenByGuest(), await recorded(), await imageBytes()];

test('a running guest sees its disk grow', async () => {
  const size = (await recorded()) + 64 * MIB;
  await expect(lab.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${size}`)).rejects.toThrow('exit 1');
  await lab.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${size}`, 'online=true');
  expect(await everywhere()).toEqual([size, size, size]);
});

test('a size that is no multiple of a sector is rounded up, and a smaller one refused', async () => {
  const size = await recorded();
  await lab.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${size + 1}`, 'online=true');
  const rounded = size + SECTOR_BYTES;
  expect(await everywhere()).toEqual([rounded, rounded, rounded]);
  await expect(lab.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${size}`, 'online=true')).rejects.toThrow('exit 1');
  expect(await everywhere()).toEqual([rounded, rounded, rounded]);
});

test('it grows above a snapshot too, after hostd was killed, and at rest', async () => {
  await lab.xcp('vm-snapshot', `uuid=${vm}`, 'new-name-label=before');
  await lab.restart('SIGKILL');
  const live = (await recorded()) + 64 * MIB - SECTOR_BYTES;
  await lab.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${live}`, 'online=true');
  expect(await everywhere()).toEqual([live, live, live]);
  await lab.xcp('vm-shutdown', `uuid=${vm}`);
  const atRest = live + 64 * MIB;
  await lab.xcp('vdi-resize', `uuid=${vdi}`, `disk-size=${atRest}`);
  await lab.xcp('vm-start', `uuid=${vm}`);
  expect(await everywhere()).toEqual([atRest, atRest, atRest]);
});
