// Carrying bytes: the last piece counts, however soon the end comes behind it, and a stream that always has more lets others go on.

import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { consume } from '../../../src/drivers/hypervisor/xen/migration/pipes.ts';

const pieces = (...texts: readonly string[]): Readable => {
  const from = new Readable({ read: () => undefined });
  for (const text of texts) from.push(Buffer.from(text));
  from.push(null);
  return from;
};

/** As slow as somebody who passes the piece on. */
const later = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5));

test('enough in the last piece is enough, though the stream has ended meanwhile', async () => {
  const taken: string[] = [];
  const end = await consume(pieces('one', 'two'), async piece => {
    await later();
    taken.push(Buffer.from(piece).toString());
    return taken.length === 2 ? 'enough' : 'more';
  });
  expect([end, taken]).toEqual(['enough', ['one', 'two']]);
});

test('the end is told when the last piece is taken', async () => {
  const taken: string[] = [];
  const end = await consume(pieces('one', 'two'), async piece => {
    await later();
    taken.push(Buffer.from(piece).toString());
    return 'more';
  });
  expect([end, taken]).toEqual(['ended', ['one', 'two']]);
});

test('who cannot take a piece is heard', async () => {
  await expect(consume(pieces('one'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a stream that always has more does not keep timers waiting', async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(1));
    },
  });
  const startedMs = performance.now();
  let isHeard = false;
  const timer = setTimeout(() => {
    isHeard = true;
  }, 10);
  const end = await consume(endless, () => Promise.resolve(isHeard || performance.now() - startedMs > 2_000 ? 'enough' : 'more'));
  clearTimeout(timer);
  expect([end, isHeard]).toEqual(['enough', true]);
});
