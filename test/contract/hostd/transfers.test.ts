// Whole files to and from a host whose storage is simulated: what goes in comes out, and a disk at work on a file is let go of when the
// task is cancelled, or when the client has left, however long the work would still have taken.

import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { download, upload } from '../../../src/client/files.ts';
import type { FaultRule } from '../../../src/drivers/faults.ts';
import { createSimStorage } from '../../../src/drivers/storage/sim/driver.ts';
import type { Services } from '../../../src/ops/context.ts';
import { startTestHost, type TestHost } from './fixture.ts';

const SIZE = 1024 ** 2;
const HOURS_MS = 10 * 3600_000;

let host: TestHost;
let vdi: string;
const uuid = randomUUID();

const withDisk =
  (faults: readonly FaultRule[]) =>
  async (services: Services): Promise<void> => {
    const { db, self } = services;
    const driver = createSimStorage({ faults });
    const config = { location: '/sim' };
    const sr = randomUUID();
    await driver.create(sr, config, { name: 'shelf', description: '' });
    const attached = await driver.attach(sr, config);
    services.attachedSrs.set(sr, attached);
    await attached.create({ id: uuid, sizeBytes: SIZE, name: 'disk', description: '', type: 'user' });
    await db.transaction(tx => {
      self.host = tx.insert('host', { name_label: 'one', hostname: 'one', enabled: true });
      self.pool = tx.insert('pool', { name_label: 'Test pool', master: self.host });
      const SR = tx.insert('SR', { uuid: sr, name_label: 'shelf', type: 'file' });
      tx.insert('PBD', { SR, host: self.host, currently_attached: true, device_config: config });
      vdi = tx.insert('VDI', { uuid, SR, name_label: 'disk', virtual_size: SIZE, managed: true });
    });
  };

const begin = async (faults: readonly FaultRule[] = []): Promise<void> => {
  host = await startTestHost({ records: withDisk(faults) });
};
afterEach(async () => await host[Symbol.asyncDispose]());

const pathOf = (action: string, task: string, format = 'raw'): string =>
  `/${action}?session_id=${host.session}&task_id=${task}&vdi=${uuid}&format=${format}`;
const newTask = async (): Promise<string> => String(await host.call('task.create', 'transfer', ''));
const statusOf = (task: string): Promise<unknown> => host.call('task.get_status', task);
const address = () => ({ kind: 'unix', path: host.socketPath }) as const;

const ended = async (task: string): Promise<unknown> => {
  for (;;) {
    const status = await statusOf(task);
    if (status !== 'pending' && status !== 'cancelling') return status;
    await sleep(10);
  }
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const send = async (bytes: Buffer, totalBytes: number | undefined, format = 'raw'): Promise<string> => {
  const task = await newTask();
  await upload({ address: address(), path: pathOf('import_raw_vdi', task, format) }, once(bytes), totalBytes);
  await ended(task);
  return task;
};

const allOf = async (body: AsyncIterable<Buffer>): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
};

const fetched = async (format: string): Promise<Buffer> => {
  const task = await newTask();
  const { body } = await download({ address: address(), path: pathOf('export_raw_vdi', task, format) });
  return await allOf(body);
};

test.each(['raw', 'vhd', 'qcow2'])('%s goes out and comes in again', async format => {
  await begin();
  const bytes = Buffer.alloc(SIZE);
  bytes.write('first', 0);
  bytes.write('last', SIZE - 4);
  expect(await statusOf(await send(bytes, undefined))).toBe('success');
  const file = await fetched(format);
  expect(await statusOf(await send(Buffer.alloc(SIZE), SIZE))).toBe('success');
  expect((await fetched('raw')).equals(Buffer.alloc(SIZE))).toBe(true);
  expect(await statusOf(await send(file, file.length, format))).toBe('success');
  expect((await fetched('raw')).equals(bytes)).toBe(true);
});

test('a raw disk is given out from any byte on, as long as it is the same', async () => {
  await begin();
  const bytes = Buffer.alloc(SIZE);
  bytes.write('first', 0);
  bytes.write('last', SIZE - 4);
  await send(bytes, SIZE);
  const path = async (): Promise<string> => pathOf('export_raw_vdi', await newTask());
  const whole = await download({ address: address(), path: await path() });
  const { etag = '' } = whole;
  expect([whole.totalBytes, whole.startBytes, etag.length > 2]).toEqual([SIZE, 0, true]);
  expect((await allOf(whole.body)).equals(bytes)).toBe(true);
  const rest = await download({ address: address(), path: await path() }, { fromBytes: SIZE - 10, etag });
  expect([rest.totalBytes, rest.startBytes, rest.etag]).toEqual([SIZE, SIZE - 10, etag]);
  expect((await allOf(rest.body)).equals(bytes.subarray(SIZE - 10))).toBe(true);
  await send(Buffer.alloc(SIZE, 'o'), SIZE);
  const other = await download({ address: address(), path: await path() }, { fromBytes: SIZE - 10, etag });
  expect([other.startBytes, other.etag === etag]).toEqual([0, false]);
  expect((await allOf(other.body)).equals(Buffer.alloc(SIZE, 'o'))).toBe(true);
  const beyond = await download({ address: address(), path: await path() }, { fromBytes: SIZE * 2, etag: other.etag ?? '' });
  expect(beyond.startBytes).toBe(0);
  expect(await allOf(beyond.body)).toHaveLength(SIZE);
});

test('what is no image is refused and changes nothing', async () => {
  await begin();
  const bytes = Buffer.alloc(SIZE, 'x');
  await send(bytes, SIZE);
  for (const format of ['vhd', 'qcow2']) expect(await statusOf(await send(Buffer.from('not much'), 8, format))).toBe('failure');
  expect((await fetched('raw')).equals(bytes)).toBe(true);
});

describe('work that stands still', () => {
  beforeEach(() => begin(['image.importFile', 'image.exportFile'].map(method => ({ method, delayMs: HOURS_MS }))));

  const isFree = async (): Promise<void> => {
    expect(await host.call('VDI.get_current_operations', vdi)).toEqual({});
    expect(await readdir(join(host.folder, 'spool'))).toEqual([]);
  };

  const request = (lines: readonly string[], body = ''): Socket => {
    const socket = connect(host.socketPath);
    socket.on('error', () => undefined);
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    socket.resume();
    return socket;
  };

  const atWork = async (): Promise<void> => {
    while (Object.keys(Object(await host.call('VDI.get_current_operations', vdi))).length === 0) await sleep(10);
  };

  const put = (task: string): Socket => request([`PUT ${pathOf('import_raw_vdi', task)} HTTP/1.0`, 'content-length: 4'], 'data');
  const putStream = (task: string): Socket =>
    request([`PUT ${pathOf('import_raw_vdi', task)} HTTP/1.0`, 'connection: upgrade', 'upgrade: xcp-stream'], 'data').end();
  // One that is converted first.
  const get = (task: string): Socket => request([`GET ${pathOf('export_raw_vdi', task, 'qcow2')} HTTP/1.0`]);

  test.each([
    ['an upload', put],
    ['an upload of unknown length', putStream],
    ['a download', get],
  ])('of %s ends when its task is cancelled', async (_what, open) => {
    const task = await newTask();
    const socket = open(task);
    const closed = new Promise(done => socket.once('close', done));
    await atWork();
    await host.call('task.cancel', task);
    expect(await ended(task)).toBe('cancelled');
    await closed;
    await isFree();
  });

  test.each([
    ['an upload', put],
    ['an upload of unknown length', putStream],
    ['a download', get],
  ])(
    'of %s ends when the client leaves',
    async (_what, open) => {
      const task = await newTask();
      const socket = open(task);
      await atWork();
      socket.destroy();
      expect(await ended(task)).toBe('failure');
      expect(await host.call('task.get_error_info', task)).toEqual(['CLIENT_ERROR', 'the client is gone']);
      await isFree();
    },
    30_000,
  );
});
