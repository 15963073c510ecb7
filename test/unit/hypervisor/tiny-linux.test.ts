import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkCounter } from '../../../src/drivers/hypervisor/tiny-linux/counter-check.ts';
import { writeCpio } from '../../../src/drivers/hypervisor/tiny-linux/cpio.ts';
import { collectModules, dependenciesOf } from '../../../src/drivers/hypervisor/tiny-linux/modules.ts';
import { makeRamdisk } from '../../../src/drivers/hypervisor/tiny-linux/ramdisk.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-tiny-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Reads an archive back: name → mode and data. */
const readCpio = (archive: Buffer): ReadonlyMap<string, { readonly mode: number; readonly data: string }> => {
  const entries = new Map<string, { readonly mode: number; readonly data: string }>();
  for (let at = 0; ; ) {
    const field = (index: number): number => Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    const dataAt = (at + 110 + nameSize + 3) & ~3;
    if (name === 'TRAILER!!!') return entries;
    entries.set(name, { mode, data: archive.toString('utf8', dataAt, dataAt + size) });
    at = (dataAt + size + 3) & ~3;
  }
};

test('an archive holds what was put in, each with its kind', () => {
  const archive = writeCpio([
    { kind: 'directory', path: 'bin', mode: 0o755 },
    { kind: 'file', path: 'bin/a', mode: 0o755, data: Buffer.from('12345') },
    { kind: 'symlink', path: 'bin/b', target: 'a' },
    { kind: 'character-device', path: 'dev', mode: 0o600, major: 5, minor: 1 },
  ]);
  expect([...readCpio(archive)]).toEqual([
    ['bin', { mode: 0o040755, data: '' }],
    ['bin/a', { mode: 0o100755, data: '12345' }],
    ['bin/b', { mode: 0o120777, data: 'a' }],
    ['dev', { mode: 0o020600, data: '' }],
  ]);
});

test('the ramdisk’s scripts are shell, not templates', () => {
  const files = readCpio(gunzipSync(makeRamdisk(Buffer.from('busybox'), ['sh', 'busybox'], [])));
  expect(files.get('init')?.data).toMatch(/^#!\/bin\/sh\n/);
  expect(files.get('init')?.data).toContain('${word#*=}');
  for (const { data } of files.values()) expect(data).not.toContain('\\${');
});

describe('kernel modules', () => {
  const module = (depends: string): Buffer => Buffer.from(`ELF\0license=GPL\0depends=${depends}\0name=x\0`);

  test('say what they need', () => {
    expect(dependenciesOf(module('virtio,virtio-ring'))).toEqual(['virtio', 'virtio_ring']);
    expect(dependenciesOf(module(''))).toEqual([]);
    expect(dependenciesOf(Buffer.from('none'))).toEqual([]);
  });

  test('come after what they need, each once; what is built in is left out', async () => {
    const modules = join(folder, 'modules/kernel');
    await mkdir(modules, { recursive: true });
    await writeFile(join(modules, 'virtio_blk.ko'), module('virtio'));
    await writeFile(join(modules, 'virtio.ko'), module('virtio-ring'));
    await writeFile(join(modules, 'virtio-ring.ko'), module(''));
    const order = await collectModules(join(folder, 'modules'), ['virtio_blk', 'virtio', 'built_in']);
    expect(order.map(each => each.name)).toEqual(['virtio_ring', 'virtio', 'virtio_blk']);
  });
});

describe('the check of the counter’s disk', () => {
  const record = (number: number): Buffer => Buffer.from(`${`XCP-COUNT ${number} 12.34`.padEnd(511)}\n`);
  const disk = async (sectors: ReadonlyMap<number, Buffer>): Promise<string> => {
    const image = Buffer.alloc(64 * 512);
    for (const [sector, data] of sectors) data.copy(image, sector * 512);
    const path = join(folder, `${Math.random()}.raw`);
    await writeFile(path, image);
    return path;
  };
  const counted = (...numbers: readonly number[]): Map<number, Buffer> => new Map(numbers.map(number => [number, record(number)]));

  test('all there', async () => {
    expect(await checkCounter(await disk(counted(1, 2, 3)))).toMatchObject({ ok: true, first: 1, last: 3, records: 3 });
  });
  test('one lost', async () => {
    expect(await checkCounter(await disk(counted(1, 3)))).toMatchObject({ ok: false, missing: [2] });
  });
  test('one twice', async () => {
    expect(await checkCounter(await disk(counted(1, 2).set(3, record(2))))).toMatchObject({ ok: false, duplicate: [2] });
  });
  test('one torn', async () => {
    const torn = Buffer.concat([record(3).subarray(0, 200), Buffer.alloc(312)]);
    expect(await checkCounter(await disk(counted(1, 2).set(3, torn)))).toMatchObject({ ok: false, torn: [3] });
  });
  test('an empty disk is not whole', async () => {
    expect(await checkCounter(await disk(new Map()))).toMatchObject({ ok: false, last: 0 });
  });
});
