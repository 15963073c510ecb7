// What strangers may send: everything is refused in bounded memory and time, and the host goes on.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { HttpTransport } from '../../../src/client/transport.ts';
import { startTestHost, type TestHost } from './fixture.ts';

/** Sends bytes and collects the answer until the server closes, or `enough` matches. */
const raw = (host: TestHost, parts: readonly (string | Buffer)[], enough = /(?!)/): Promise<string> =>
  new Promise(resolve => {
    const socket = connect(host.socketPath);
    let text = '';
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
      if (enough.test(text)) end();
    });
    socket.on('close', end);
    socket.on('error', end);
    for (const part of parts) socket.write(part);
  });

const post = (path: string, body: string | Buffer, headers = ''): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body.toString()}`;

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

const stillAnswers = async (host: TestHost): Promise<void> => {
  expect(await host.call('host.get_all')).toHaveLength(1);
};

describe('bodies', () => {
  test.each([
    ['XML-RPC above 300 KiB', '/', 'x'.repeat(300 * 1024 + 1), 413],
    ['JSON above its limit', '/jsonrpc', `"${'x'.repeat(5 * 1024 * 1024)}"`, 413],
    ['no JSON', '/jsonrpc', '{', 500],
    ['nothing', '/jsonrpc', '', 500],
    ['JSON that is too deep', '/jsonrpc', `{"method":"x","id":1,"params":${'['.repeat(100_000)}`, 500],
    ['XML that is too deep', '/', `<methodCall><methodName>x</methodName><params><param>${'<value><array><data>'.repeat(10_000)}`, 500],
    ['entities', '/', '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><methodCall><methodName>&d;</methodName></methodCall>', 500],
    ['no UTF-8', '/RPC2', Buffer.from([0x3c, 0xff, 0xfe]).toString('latin1'), 500],
    ['no address of ours', '/nothing', 'x', 404],
  ])('%s', async (_name, path, body, status) => {
    await using host = await startTestHost();
    expect(statusOf(await raw(host, [post(path, body)]))).toBe(status);
    await stillAnswers(host);
  });

  test('a length that is announced is not waited for', async () => {
    await using host = await startTestHost();
    const text = await raw(host, ['POST /jsonrpc HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n']);
    expect(statusOf(text)).toBe(413);
  });

  test('chunks without end are cut off', async () => {
    await using host = await startTestHost({ limits: { jsonBodyBytes: 10_000 } });
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    const text = await raw(host, [
      'POST /jsonrpc HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
      ...Array.from({ length: 10 }, () => chunk),
    ]);
    expect(statusOf(text)).toBe(413);
    await stillAnswers(host);
  });

  test('a body that does not come is not waited for', async () => {
    await using host = await startTestHost({ limits: { requestTimeoutMs: 300 } });
    const text = await raw(host, ['POST /jsonrpc HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{']);
    expect([408, Number.NaN]).toContain(statusOf(text));
    await stillAnswers(host);
  }, 20_000);

  test('all bodies together are bounded', async () => {
    await using host = await startTestHost({ limits: { allBodiesBytes: 50_000 } });
    const text = await raw(host, [post('/jsonrpc', 'x'.repeat(60_000))]);
    expect(statusOf(text)).toBe(503);
    await stillAnswers(host);
  });
});

describe('heads', () => {
  test('too large', async () => {
    await using host = await startTestHost();
    expect(statusOf(await raw(host, [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`]))).toBe(431);
  });

  test('no HTTP', async () => {
    await using host = await startTestHost();
    expect(statusOf(await raw(host, ['\x16\x03\x01 hello\r\n\r\n']))).toBe(400);
    await stillAnswers(host);
  });
});

describe('pages', () => {
  test('a browser gets a page, others what they always got', async () => {
    await using host = await startTestHost();
    const get = (accept: string): Promise<string> =>
      raw(host, [`GET / HTTP/1.1\r\nhost: x\r\naccept: ${accept}\r\nconnection: close\r\n\r\n`]);
    expect(statusOf(await get('*/*'))).toBe(403);
    const page = await get('text/html');
    expect(statusOf(page)).toBe(200);
    expect(page).toContain('XenAPI');
  });

  test('other origins may ask', async () => {
    await using host = await startTestHost();
    const text = await raw(host, ['OPTIONS /jsonrpc HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n']);
    expect(text).toContain('Access-Control-Allow-Origin: *');
    expect(text).toContain('Access-Control-Allow-Methods: PUT');
  });
});

describe('connections', () => {
  test('requests in flight on one are bounded', async () => {
    await using host = await startTestHost({ limits: { inFlight: 3 } });
    const { token } = (await host.call('event.from', ['pool'], '', 0)) as { token: string };
    const wait = post('/jsonrpc', JSON.stringify({ method: 'event.from', params: [host.session, ['pool'], token, 1], id: 1 }));
    const text = await raw(host, [wait.repeat(4)]);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(text).toContain('HTTP/1.1 503');
    await stillAnswers(host);
  });

  test('a client that goes ends the reading call it waited for', async () => {
    let reason: unknown;
    await using host = await startTestHost({
      ops: {
        VM: {
          get_possible_hosts: ({ signal }) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                ({ reason } = signal);
                reject(signal.reason);
              });
            }),
        },
      },
    });
    const client = new HttpTransport({ kind: 'unix', path: host.socketPath });
    const gone = new AbortController();
    const call = client.request({ method: 'VM.get_possible_hosts', params: [host.session, 'x'] }, gone.signal);
    await sleep(20);
    gone.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    await sleep(20);
    expect(String(reason)).toContain('ClientGone');
    expect(host.logLines.join('')).not.toContain('should not');
  });

  test('a stop finishes what is under way and takes nothing new', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using host = await startTestHost({ ops: { VM: { pause: () => promise } } });
    const waitingForEvents = host.call(
      'event.from',
      ['pool'],
      ((await host.call('event.from', ['pool'], '', 0)) as { token: string }).token,
      60,
    );
    const call = host.call('VM.pause', 'x');
    await sleep(20);
    const stopped = host.stop();
    const afterwards = host.call('host.get_all').then(
      () => 'answered',
      () => 'refused',
    );
    expect(await waitingForEvents).toMatchObject({ events: [] });
    await sleep(20);
    resolve();
    await call;
    await stopped;
    expect(await afterwards).toBe('refused');
  });
});
