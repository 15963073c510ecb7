// Disks as blocks of an archive: what goes out comes in; what is cut, garbled, out of order or too large is refused in the API's words.

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openSimContent } from '../../../src/drivers/storage/sim/content.ts';
import { SimDisks } from '../../../src/drivers/storage/sim/disks.ts';
import { isXenError } from '../../../src/model/error.ts';
import { diskEntries, entry, receiveDisks, wantedBlocks } from '../../../src/hostd/xva/blocks.ts';
import { tarEnd } from '../../../src/wire/tar.ts';
import { ArchiveCut, TarReader } from '../../../src/wire/tar-reader.ts';
import { ProtocolError } from '../../../src/wire/protocol-error.ts';
import { xxhash64 } from '../../../src/wire/xxhash64.ts';

const MIB = 1024 ** 2;
const never = new AbortController().signal;
const quiet = { signal: never, onBytes: () => undefined };

const disks = (...sizes: readonly number[]): SimDisks => {
  const made = new SimDisks(1024 ** 4);
  sizes.forEach((sizeBytes, i) => made.put(`/${i}`, { sizeBytes, blocks: new Map() }));
  return made;
};
const contentOf = (of: SimDisks, i: number) => openSimContent(of, `/${i}`, async () => undefined);
const id = (i: number): string => `Ref:${i}`;

const archive = async (of: SimDisks, sizes: readonly number[]): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for (const [i, sizeBytes] of sizes.entries())
    for await (const piece of diskEntries({ id: id(i), sizeBytes }, contentOf(of, i), quiet)) pieces.push(Buffer.from(piece));
  return Buffer.concat([...pieces, tarEnd()]);
};

async function* inPieces(bytes: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const receive = async (
  bytes: Buffer,
  sizes: readonly number[],
  options: { readonly force?: boolean; readonly mayHaveTable?: boolean } = {},
): Promise<SimDisks> => {
  const into = disks(...sizes);
  const targets = sizes.map((sizeBytes, i) => ({ id: id(i), sizeBytes, open: async () => contentOf(into, i) }));
  await receiveDisks(new TarReader(inPieces(bytes)), targets, { ...quiet, force: false, mayHaveTable: false, ...options });
  return into;
};

const allOf = (of: SimDisks, count: number): readonly unknown[] =>
  Array.from({ length: count }, (_, i) => new Map([...of.content(`/${i}`)].sort(([a], [b]) => a - b)));

const someSizes = fc.array(
  fc.integer({ min: 1, max: 9 * 2048 }).map(sectors => sectors * 512),
  { minLength: 1, maxLength: 3 },
);
const someWrites = fc.array(fc.record({ disk: fc.nat(), place: fc.nat(), text: fc.stringMatching(/^[a-z]{1,8}$/) }), { maxLength: 8 });

const written = (
  sizes: readonly number[],
  writes: readonly { readonly disk: number; readonly place: number; readonly text: string }[],
): SimDisks => {
  const made = disks(...sizes);
  for (const { disk, place, text } of writes) {
    const i = disk % sizes.length;
    made.write(`/${i}`, place % Math.ceil((sizes[i] ?? 1) / 65_536), text);
  }
  return made;
};

test('any disks come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(someSizes, someWrites, async (sizes, writes) => {
      const from = written(sizes, writes);
      const into = await receive(await archive(from, sizes), sizes);
      expect(allOf(into, sizes.length)).toEqual(allOf(from, sizes.length));
    }),
    { numRuns: 40 },
  );
});

test('cut anywhere, they are refused as cut', async () => {
  await fc.assert(
    fc.asyncProperty(someSizes, someWrites, fc.nat(), async (sizes, writes, place) => {
      const bytes = await archive(written(sizes, writes), sizes);
      const cut = receive(bytes.subarray(0, place % (bytes.length - 512)), sizes);
      await expect(cut).rejects.toBeInstanceOf(ArchiveCut);
    }),
    { numRuns: 40 },
  );
});

test('garbled anywhere, they are refused or were not touched', async () => {
  await fc.assert(
    fc.asyncProperty(someSizes, someWrites, fc.nat(), fc.integer({ min: 1, max: 255 }), async (sizes, writes, place, change) => {
      const from = written(sizes, writes);
      const bytes = await archive(from, sizes);
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ change;
      const outcome: unknown = await receive(bytes, sizes).catch((error: unknown) => error);
      // Padding means nothing.
      if (outcome instanceof SimDisks) expect(allOf(outcome, sizes.length)).toEqual(allOf(from, sizes.length));
      else expect(isXenError(outcome) || outcome instanceof ProtocolError || outcome instanceof ArchiveCut).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('only the first block, the last, and those that hold something go out', async () => {
  const from = disks(10 * MIB);
  from.write('/0', 5 * 16, 'x');
  const reader = new TarReader(inPieces(await archive(from, [10 * MIB])));
  const names: string[] = [];
  for (let header = await reader.next(); header; header = await reader.next()) names.push(header.name);
  expect(names).toEqual(['00000000', '00000005', '00000009'].flatMap(number => [`Ref:0/${number}`, `Ref:0/${number}.checksum`]));
  expect([...wantedBlocks([], 1)]).toEqual([0]);
  expect([...wantedBlocks([], 0)]).toEqual([]);
  expect([...wantedBlocks([{ offsetBytes: 0, lengthBytes: 100 * MIB }], 3 * MIB)]).toEqual([0, 1, 2]);
});

/** As other writers make them. */
const foreign = (...entries: readonly (readonly [name: string, content: Buffer | string])[]): Buffer =>
  Buffer.concat([...entries.flatMap(([name, content]) => [...entry(name, Buffer.from(content))]), tarEnd()]);
const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');
const block = (text: string): Buffer => Buffer.alloc(MIB, text);

test('checksums of newer writers are read, and empty blocks that kept a connection alive move those behind them', async () => {
  const [first, second, last] = [block('a'), block('b'), block('c')];
  const bytes = foreign(
    ['Ref:0/00000000', first],
    ['Ref:0/00000000.xxhash', xxhash64(first)],
    ['Ref:0/00000002', ''],
    ['Ref:0/00000002.xxhash', xxhash64(Buffer.alloc(0))],
    ['Ref:0/00000003', second],
    ['Ref:0/00000003.xxhash', xxhash64(second)],
    ['Ref:0/00000005', last],
    ['Ref:0/00000005.xxhash', xxhash64(last)],
  );
  const into = await receive(bytes, [5 * MIB]);
  const content = contentOf(into, 0);
  const shown = await Promise.all([0, 1, 2, 3, 4].map(async i => (await content.read(i * MIB, 1)).toString('latin1')));
  expect(shown).toEqual(['a', '\0', 'b', '\0', 'c']);
});

describe('refused', () => {
  const good = block('g');
  const sum = sha1(good);
  test.each<[string, Buffer, string, boolean?]>([
    [
      'a wrong checksum',
      foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', '0'.repeat(40)]),
      'IMPORT_ERROR_SOME_CHECKSUMS_FAILED',
    ],
    ['no checksum', foreign(['Ref:0/00000000', good], ['Ref:0/00000001', good]), 'IMPORT_ERROR_UNEXPECTED_FILE'],
    ['the checksum of another block', foreign(['Ref:0/00000000', good], ['Ref:0/00000001.checksum', sum]), 'IMPORT_ERROR_UNEXPECTED_FILE'],
    ['a disk that nobody spoke of', foreign(['Ref:9/00000000', good], ['Ref:9/00000000.checksum', sum]), 'IMPORT_ERROR_UNEXPECTED_FILE'],
    ['a name that leads elsewhere', foreign(['../00000000', good], ['../00000000.checksum', sum]), 'IMPORT_ERROR_UNEXPECTED_FILE'],
    ['a name in a deeper folder', foreign(['Ref:0/x/00000000', good]), 'IMPORT_ERROR_UNEXPECTED_FILE'],
    [
      'a block beyond the end',
      foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', sum], ['Ref:0/00000002', good]),
      'IMPORT_ERROR',
    ],
    [
      'a number beyond all disks',
      foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', sum], ['Ref:0/999999999999999', good]),
      'IMPORT_ERROR',
    ],
    ['the same block twice', foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', sum], ['Ref:0/00000000', good]), 'IMPORT_ERROR'],
    ['a disk that ends too early', foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', sum]), 'IMPORT_ERROR_PREMATURE_EOF'],
  ])('%s', async (_what, bytes, code) => {
    const outcome: unknown = await receive(bytes, [2 * MIB]).catch((error: unknown) => error);
    expect(isXenError(outcome) && outcome.code).toBe(code);
  });

  test('a wrong checksum is taken by force', async () => {
    const bytes = foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', '0'.repeat(40)]);
    expect((await receive(bytes, [MIB], { force: true })).read('/0', 0)).toHaveLength(65_536);
  });

  test('a block of more than makes sense', async () => {
    await expect(receive(foreign(['Ref:0/00000000', Buffer.alloc(5 * MIB)]), [6 * MIB])).rejects.toThrow(/at most/);
  });

  test('the table of an old writer is passed over only where there may be one', async () => {
    const bytes = foreign(['Ref:0/00000000', good], ['Ref:0/00000000.checksum', sum], ['checksum.xml', '<value/>']);
    await receive(bytes, [MIB], { mayHaveTable: true });
    await expect(receive(bytes, [MIB])).rejects.toMatchObject({ code: 'IMPORT_ERROR_UNEXPECTED_FILE' });
  });
});

test('a write that fails late, while the next blocks come, is told', async () => {
  const sizeBytes = 6 * MIB;
  const from = disks(sizeBytes);
  for (let i = 0; i < 6; i += 1) from.write('/0', i * 16, 'x');
  const bytes = await archive(from, [sizeBytes]);
  const into = contentOf(disks(sizeBytes), 0);
  const failing = {
    ...into,
    write: async (offsetBytes: number, piece: Uint8Array) => {
      await new Promise(resolve => setImmediate(resolve));
      if (offsetBytes === MIB) throw new Error('the storage is full');
      await into.write(offsetBytes, piece);
    },
  };
  // Slowly enough that the failure is over before anybody waits for it.
  async function* slowly(): AsyncGenerator<Buffer> {
    for await (const piece of inPieces(bytes, MIB)) {
      yield piece;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }
  const target = { id: id(0), sizeBytes, open: async () => failing };
  const received = receiveDisks(new TarReader(slowly()), [target], { ...quiet, force: false, mayHaveTable: false });
  await expect(received).rejects.toThrow('the storage is full');
});
