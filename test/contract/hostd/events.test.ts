// Events as clients wait for them.

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { HttpTransport } from '../../../src/client/transport.ts';
import type { EventBatch, WireEvent } from '../../../src/hostd/events/event.ts';
import { failure, startTestHost, type TestHost } from './fixture.ts';

const from = async (host: TestHost, classes: readonly string[], token: string, timeout: number): Promise<EventBatch> =>
  (await host.call('event.from', classes, token, timeout)) as EventBatch;

const rename = (host: TestHost, name: string): Promise<unknown> => host.call('pool.set_name_label', host.services.self.pool, name);

describe('event.from', () => {
  test('waits until something happens, and tells a burst at once', async () => {
    await using host = await startTestHost();
    const { token, valid_ref_counts: counts } = await from(host, ['pool'], '', 0);
    expect(counts).toMatchObject({ pool: 1, host: 1, vm: 0 });
    const waiting = from(host, ['pool', 'network'], token, 30);
    await sleep(20);
    const { db, self } = host.services;
    const writes = ['a', 'b', 'c'].map(name => db.transaction(tx => tx.update('pool', self.pool, { name_label: name })));
    await Promise.all([...writes, db.transaction(tx => tx.insert('network', { name_label: 'n' }))]);
    const { events } = await waiting;
    expect(events.map(({ class: cls, operation }) => [cls, operation])).toEqual([
      ['network', 'add'],
      ['pool', 'mod'],
    ]);
    expect(events[1]?.snapshot).toMatchObject({ name_label: 'c' });
  });

  test('is not woken by what it did not ask for', async () => {
    await using host = await startTestHost();
    const { token } = await from(host, ['network'], '', 0);
    const waiting = from(host, ['network'], token, 0.2);
    await rename(host, 'x');
    expect(await waiting).toMatchObject({ events: [], token });
  });

  test('tells of what was deleted, and not of what came and went', async () => {
    await using host = await startTestHost();
    const { db } = host.services;
    const kept = await db.transaction(tx => tx.insert('network', {}));
    const { token } = await from(host, ['network'], '', 0);
    const brief = await db.transaction(tx => tx.insert('network', {}));
    await db.transaction(tx => tx.delete('network', brief));
    await db.transaction(tx => tx.delete('network', kept));
    const { events } = await from(host, ['network'], token, 5);
    expect(events).toEqual([{ id: expect.any(String), timestamp: '0.0', class: 'network', operation: 'del', ref: kept }]);
  });

  test('a client that goes leaves nothing behind', async () => {
    await using host = await startTestHost();
    const { token } = await from(host, ['pool'], '', 0);
    const other = new HttpTransport({ kind: 'unix', path: host.socketPath });
    const gone = new AbortController();
    const waiting = other.request({ method: 'event.from', params: [host.session, ['pool'], token, 60] }, gone.signal);
    await sleep(20);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await rename(host, 'after');
    expect((await from(host, ['pool'], token, 5)).events).toHaveLength(1);
  });

  test('bad tokens', async () => {
    await using host = await startTestHost();
    for (const token of ['abc', '5', '1,x', '-1,3']) {
      expect(await failure(from(host, ['*'], token, 0))).toEqual(['EVENT_FROM_TOKEN_PARSE_FAILURE', token]);
    }
  });

  test('event.inject tells of an object that did not change', async () => {
    await using host = await startTestHost();
    const { token } = await from(host, ['pool'], '', 0);
    const before = await host.call('pool.get_record', host.services.self.pool);
    const after = await host.call('event.inject', 'pool', host.services.self.pool);
    const reply = await from(host, ['pool'], token, 5);
    expect(reply).toMatchObject({ token: after, events: [{ operation: 'mod', ref: host.services.self.pool, snapshot: before }] });
  });
});

describe('event.register and event.next', () => {
  const next = async (host: TestHost): Promise<readonly WireEvent[]> => (await host.call('event.next')) as readonly WireEvent[];

  test('tells what happened since', async () => {
    await using host = await startTestHost();
    expect(await failure(next(host))).toEqual(['SESSION_NOT_REGISTERED', host.session]);
    await host.call('event.register', ['pool']);
    await rename(host, 'one');
    expect(await next(host)).toMatchObject([
      { class: 'pool', operation: 'mod', obj_uuid: expect.any(String), snapshot: { name_label: 'one' } },
    ]);
    const waiting = next(host);
    await sleep(10);
    await rename(host, 'two');
    expect(await waiting).toMatchObject([{ snapshot: { name_label: 'two' } }]);
    await host.call('event.unregister', ['pool']);
    expect((await failure(next(host)))[0]).toBe('SESSION_NOT_REGISTERED');
  });

  test('a queue that nobody reads is bounded', async () => {
    await using host = await startTestHost();
    await host.call('event.register', ['*']);
    const { db, self } = host.services;
    for (let round = 0; round < 6000; round++) await db.transaction(tx => tx.update('pool', self.pool, { name_label: `n${round}` }));
    expect(await failure(next(host))).toEqual(['EVENTS_LOST']);
    await rename(host, 'again');
    expect(await next(host)).toHaveLength(1);
  });
});
