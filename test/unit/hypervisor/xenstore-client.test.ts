// The client of xenstored against a small daemon that speaks the same protocol, and what a guest's rubbish costs it.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Duplex, duplexPair } from 'node:stream';
import { GUEST_LIMITS } from '../../../src/drivers/hypervisor/xen/guest-text.ts';
import { readGuestTree } from '../../../src/drivers/hypervisor/xen/metrics.ts';
import { Xenstore } from '../../../src/drivers/hypervisor/xen/xenstore.ts';
import { XenstoreDaemon } from '../../support/xenstore-daemon.ts';

let daemon: XenstoreDaemon;
let store: Xenstore;
let far: Duplex;

beforeEach(() => {
  const [near, other] = duplexPair();
  far = other;
  daemon = new XenstoreDaemon();
  daemon.serve(other);
  store = new Xenstore(near);
});
afterEach(() => store.close());

const texts = (values: Iterable<Uint8Array>): readonly string[] => [...values].map(value => Buffer.from(value).toString());

describe('asking', () => {
  test('a value, none, and children', async () => {
    daemon.set('/local/domain/3/name', 'a guest');
    expect(await store.readText('/local/domain/3/name')).toBe('a guest');
    expect(await store.readText('/local/domain/4/name')).toBeUndefined();
    expect(await store.list('/local/domain')).toEqual(['3']);
    expect(await store.list('/nowhere')).toEqual([]);
  });

  test('many at once, each with its own answer', async () => {
    for (let i = 0; i < 200; i++) daemon.set(`/a/${i}`, String(i));
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => store.readText(`/a/${i}`)));
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });

  test('a directory that does not fit into one message comes in parts, and no more of it than asked for', async () => {
    const names = Array.from({ length: 600 }, (_, i) => `child-${i}`);
    for (const name of names) daemon.set(`/big/${name}`, '');
    expect(await store.list('/big')).toEqual(names);
    daemon.requests = 0;
    expect(await store.list('/big', 10)).toEqual(names.slice(0, 10));
    expect(daemon.requests).toBeLessThan(5);
  });

  test('what is no path is refused here', async () => {
    await expect(store.read('no/path')).rejects.toMatchObject({ kind: 'bad-config' });
    expect(daemon.requests).toBe(0);
  });

  test('when the connection ends, who waits is told', async () => {
    const asked = store.until('/a', () => Promise.resolve(undefined), AbortSignal.timeout(60_000));
    await store.read('/a');
    far.end();
    await expect(asked).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(store.read('/a')).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

describe('watching', () => {
  test('tells at once and at each change below, until it is ended', async () => {
    const seen: string[] = [];
    const stop = await store.watch('/local', path => seen.push(path));
    await store.write('/local/x', '1');
    await store.read('/local/x');
    await stop();
    await store.write('/local/x', '2');
    await store.read('/local/x');
    expect(seen).toEqual(['/local', '/local/x']);
    expect(daemon.watches).toEqual([]);
  });

  test('until: asks again at each change, and ends with the signal', async () => {
    const until = store.until(
      '/state',
      async () => ((await store.readText('/state')) === '4' ? 'connected' : undefined),
      AbortSignal.timeout(60_000),
    );
    for (const state of ['1', '2', '4']) await store.write('/state', state);
    expect(await until).toBe('connected');
    const reason = new Error('enough');
    await expect(store.until('/state', () => Promise.resolve(undefined), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(daemon.watches).toEqual([]);
  });
});

describe('a guest that writes rubbish', () => {
  const base = '/local/domain/9';

  test('wide, deep and long: no more is read than the bounds allow', async () => {
    for (let i = 0; i < 400; i++) daemon.set(`${base}/attr/wide/n${i}`, 'x');
    for (let i = 0; i < 60; i++) for (let j = 0; j < 60; j++) daemon.set(`${base}/attr/w${i}/n${j}`, 'x');
    daemon.set(`${base}/attr/${'d/'.repeat(30)}end`, 'x');
    daemon.set(`${base}/attr/long`, 'y'.repeat(4000));
    const nodes = await readGuestTree(store, base, 'attr');
    expect(nodes.size).toBeLessThanOrEqual(GUEST_LIMITS.nodes);
    expect(daemon.requests).toBeLessThan(2 * GUEST_LIMITS.nodes + 200);
    for (const path of nodes.keys()) expect(path.split('/').length).toBeLessThanOrEqual(GUEST_LIMITS.depth + 1);
    for (const value of nodes.values()) expect(value.length).toBeLessThanOrEqual(GUEST_LIMITS.valueBytes);
  });

  test('what lies near is read before what lies deep', async () => {
    for (let i = 0; i < 63; i++) for (let j = 0; j < 63; j++) daemon.set(`${base}/attr/a${i}/n${j}`, 'x');
    daemon.set(`${base}/attr/eth0`, 'near');
    const nodes = await readGuestTree(store, base, 'attr');
    expect(texts([nodes.get('attr/eth0') ?? new Uint8Array(0)])).toEqual(['near']);
  });

  test('names that agents do not use are passed over', async () => {
    daemon.set(`${base}/attr/${'n'.repeat(200)}`, 'x');
    daemon.set(`${base}/attr/@odd`, 'x');
    expect((await readGuestTree(store, base, 'attr')).size).toBe(0);
  });
});
