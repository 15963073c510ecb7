// The disks of both sides, compared while the guest is stopped on both: after the last write was handed over, before the commit.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listen } from '../../../tools/tour/console.ts';
import { labHost, type LabHost } from '../support/hosts.ts';
import { installCounting, mustMigrate } from '../support/migrations.ts';

const MOVES = Math.ceil(Number(process.env['XCP_LAB_MIGRATIONS'] ?? 6) / 2);
const holdFile = (name: string): string => `/tmp/xl-hold-${process.pid}-${name}`;

let one: LabHost;
let two: LabHost;

const holding = (name: string): Promise<LabHost> =>
  labHost(name, { env: { XCP_HOLD_AT: 'VM.migrate_send:commit:before-do', XCP_HOLD_FILE: holdFile(name) } });

beforeAll(async () => {
  one = await holding('left');
  two = await holding('right');
});
afterAll(async () => {
  for (const name of ['left', 'right']) rmSync(holdFile(name), { force: true });
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
});

interface ImageInfo {
  readonly 'backing-filename'?: string;
}

/** The topmost image of a host that has one disk: the one that no other lies on. */
function topImage(host: LabHost): string {
  const folder = join(host.host.folder, 'sr');
  const images = readdirSync(folder).filter(name => name.endsWith('.qcow2'));
  const info = (name: string): ImageInfo =>
    JSON.parse(execFileSync('qemu-img', ['info', '-U', '--output=json', join(folder, name)], { encoding: 'utf8' })) as ImageInfo;
  const below = new Set(images.map(name => info(name)['backing-filename']));
  const tops = images.filter(name => !below.has(name));
  expect(tops).toHaveLength(1);
  return join(folder, tops[0] ?? '');
}

const compare = (a: string, b: string): string => execFileSync('qemu-img', ['compare', '-U', a, b], { encoding: 'utf8' }).trim();

test(
  `after each of ${MOVES} moves of a writing guest the disks are the same to the byte`,
  async () => {
    const uuid = await installCounting(one, 'compared');
    let [from, to] = [one, two];
    for (let move = 0; move < MOVES; move++) {
      const heard = listen(from.host.server, uuid);
      await heard.next((heard.counts.at(-1)?.number ?? 0) + 20, 60_000);
      const moved = mustMigrate(from, to, uuid);
      const held = holdFile(from.host.name);
      while (!existsSync(held)) await sleep(10);
      expect(compare(topImage(from), topImage(to))).toBe('Images are identical.');
      rmSync(held);
      await moved;
      heard.stop();
      [from, to] = [to, from];
    }
    await from.xcp('vm-uninstall', `uuid=${uuid}`, '--force');
  },
  60_000 + MOVES * 60_000,
);
