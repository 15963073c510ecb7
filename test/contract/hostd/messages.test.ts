// Messages to people, as clients post, hear, read and remove them.

import { expect, test } from '@jest/globals';
import type { EventBatch } from '../../../src/hostd/events/event.ts';
import { messageOps } from '../../../src/ops/message/index.ts';
import { failure, startTestHost, type TestHost } from './fixture.ts';

const start = (): Promise<TestHost> => startTestHost({ ops: { message: messageOps } });
const post = async (host: TestHost, name: string, priority = 3): Promise<string> => {
  const { uuid } = host.services.db.need('pool', host.services.self.pool);
  return String(await host.call('message.create', name, priority, 'Pool', uuid, 'a body, with commas'));
};
const from = async (host: TestHost, token: string, timeout: number): Promise<EventBatch> =>
  (await host.call('event.from', ['message'], token, timeout)) as EventBatch;

test('whoever follows messages hears of each one that comes and goes', async () => {
  await using host = await start();
  const first = await post(host, 'FIRST');
  const known = await from(host, '', 0);
  expect(known.events).toMatchObject([{ class: 'message', operation: 'add', ref: first, snapshot: { name: 'FIRST', cls: 'Pool' } }]);
  const waiting = from(host, known.token, 30);
  const second = await post(host, 'SECOND');
  const heard = await waiting;
  expect(heard.events).toMatchObject([{ operation: 'add', ref: second, snapshot: { name: 'SECOND', body: 'a body, with commas' } }]);
  await host.call('message.destroy', first);
  expect((await from(host, heard.token, 30)).events).toMatchObject([{ operation: 'del', ref: first }]);
});

test('the old way of events tells them too', async () => {
  await using host = await start();
  await host.call('event.register', ['message']);
  const ref = await post(host, 'NOTE');
  expect(await host.call('event.next')).toMatchObject([{ class: 'message', operation: 'add', ref }]);
});

test('they are read in every way, newest first', async () => {
  await using host = await start();
  const refs = [await post(host, 'A'), await post(host, 'B', 1)];
  expect(await host.call('message.get_all')).toEqual(refs.toReversed());
  expect(Object.keys((await host.call('message.get_all_records')) as object)).toEqual(refs.toReversed());
  expect(Object.keys((await host.call('message.get_all_records_where', 'field "name" = "A"')) as object)).toEqual([refs[0]]);
  const record = (await host.call('message.get_record', refs[1])) as { readonly uuid: string };
  expect(record).toMatchObject({ name: 'B', priority: expect.anything() });
  expect(await host.call('message.get_by_uuid', record.uuid)).toBe(refs[1]);
});

test('filters take any usual form of a time; what they do not know is refused and nothing goes', async () => {
  await using host = await start();
  const [a, b] = [await post(host, 'A'), await post(host, 'B', 1)];
  expect(await failure(host.call('message.destroy_all', { before: 'notadate' }))).toEqual(['INVALID_VALUE', 'before', 'notadate']);
  expect(await failure(host.call('message.destroy_all', { colour: 'red' }))).toEqual(['INVALID_VALUE', 'filters', 'colour']);
  await host.call('message.destroy_all', { before: '2001-01-01T00:00:00Z' });
  expect(await host.call('message.get_all')).toEqual([b, a]);
  await host.call('message.destroy_all', { after: '2001-01-01T00:00:00Z', priority: '1' });
  expect(await host.call('message.get_all')).toEqual([a]);
  expect(await failure(host.call('message.destroy', b))).toEqual(['HANDLE_INVALID', 'message', b]);
  expect(await failure(host.call('message.get_by_uuid', 'nobody'))).toEqual(['UUID_INVALID', 'message', 'nobody']);
});
