// Archives: our headers and tar's own are the same to both; any pieces give the same entries; what is cut or garbled is told, in words.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolError } from '../../src/wire/protocol-error.ts';
import { decodeTarHeader, encodeTarHeader, tarEnd, tarPadding } from '../../src/wire/tar.ts';
import { ArchiveCut, TarReader } from '../../src/wire/tar-reader.ts';

interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

const archiveOf = (entries: readonly Entry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(({ name, content }) => [encodeTarHeader(name, content.length), content, Buffer.alloc(tarPadding(content.length))]),
    tarEnd(),
  ]);

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const readAll = async (bytes: Buffer, sizes: readonly number[] = []): Promise<readonly Entry[]> => {
  const reader = new TarReader(pieces(bytes, sizes));
  const entries: Entry[] = [];
  for (let header = await reader.next(); header !== undefined; header = await reader.next())
    entries.push({ name: header.name, content: Buffer.from(await reader.content(1 << 20)) });
  return entries;
};

const someEntries = fc.array(
  fc.record({ name: fc.stringMatching(/^[\w:./-]{1,99}$/), content: fc.uint8Array({ maxLength: 2000 }).map(bytes => Buffer.from(bytes)) }),
  { maxLength: 5 },
);
const someSizes = fc.array(fc.integer({ min: 1, max: 1500 }), { maxLength: 4 });

test('any pieces give the entries that were written', async () => {
  await fc.assert(
    fc.asyncProperty(someEntries, someSizes, async (entries, sizes) => {
      expect(await readAll(archiveOf(entries), sizes)).toEqual(entries);
    }),
  );
});

test('an archive that is cut anywhere is known for it', async () => {
  await fc.assert(
    fc.asyncProperty(someEntries, fc.nat(), async (entries, place) => {
      const whole = archiveOf(entries);
      // The second block of zeroes is not needed to know the end.
      const cut = whole.subarray(0, place % (whole.length - 512));
      await expect(readAll(cut)).rejects.toBeInstanceOf(ArchiveCut);
    }),
  );
});

test('rubbish is refused in words, and never more is held than makes sense', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 512, maxLength: 2048 }), async bytes => {
      const outcome = await readAll(Buffer.from(bytes)).then(
        () => 'read',
        (error: unknown) => error,
      );
      if (outcome !== 'read') expect(outcome instanceof ProtocolError || outcome instanceof ArchiveCut).toBe(true);
    }),
  );
});

test('an entry that is larger than it may be is not read', async () => {
  const reader = new TarReader(pieces(archiveOf([{ name: 'a', content: Buffer.alloc(600) }]), [100]));
  await reader.next();
  await expect(reader.content(599)).rejects.toThrow(/600 bytes; at most 599/);
});

test('a garbled header is noticed wherever it is garbled', () => {
  const header = encodeTarHeader('Ref:1/00000000', 5);
  // The byte behind the checksum means nothing.
  for (let at = 0; at < 512; at += at === 154 ? 2 : 1) {
    const garbled = Buffer.from(header);
    garbled[at] = (garbled[at] ?? 0) ^ 0x15;
    expect(() => decodeTarHeader(garbled)).toThrow(ProtocolError);
  }
});

test('sizes beyond eight GiB are read as large archives write them', () => {
  const header = encodeTarHeader('big', 0);
  header.fill(0, 124, 136);
  header[124] = 0x80;
  header.writeBigUInt64BE(9n * 1024n ** 3n, 128);
  header.write('        ', 148);
  header.write(
    `${[...header]
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  expect(decodeTarHeader(header)).toMatchObject({ sizeBytes: 9 * 1024 ** 3 });
  expect(() => encodeTarHeader('n'.repeat(101), 0)).toThrow(RangeError);
});

describe('the tar program', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xcp-tar-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('reads ours', () => {
    writeFileSync(
      join(folder, 'a.tar'),
      archiveOf([
        { name: 'ova.xml', content: Buffer.from('text') },
        { name: 'Ref:1/00000000', content: Buffer.alloc(700, 'x') },
      ]),
    );
    execFileSync('tar', ['xf', 'a.tar', '--force-local'], { cwd: folder });
    expect(readFileSync(join(folder, 'ova.xml'), 'utf8')).toBe('text');
    expect(readFileSync(join(folder, 'Ref:1/00000000'))).toHaveLength(700);
  });

  test.each(['ustar', 'gnu'])('writes what we read (%s)', async format => {
    writeFileSync(join(folder, 'ova.xml'), 'text');
    writeFileSync(join(folder, 'other'), 'o'.repeat(1000));
    execFileSync('tar', ['cf', 'a.tar', `--format=${format}`, 'ova.xml', 'other'], { cwd: folder });
    expect((await readAll(readFileSync(join(folder, 'a.tar')))).map(({ name, content }) => [name, content.length])).toEqual([
      ['ova.xml', 4],
      ['other', 1000],
    ]);
  });
});
