// hostd as a process, on the simulator: it starts, is found, stops in good order, survives kill -9, and is alone on its state.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HttpTransport } from '../../../src/client/transport.ts';

const main = resolve(import.meta.dirname, '../../../src/main.ts');

interface Running {
  readonly ready: Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly output: () => string;
  kill(signal: NodeJS.Signals): void;
}

const hostd = (...args: readonly string[]): Running => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'hostd', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk);
      if (output.includes('"message":"ready"')) ready.resolve();
    });
  }
  return {
    ready: ready.promise,
    ended: new Promise(done => child.once('close', (code, signal) => done({ code, signal }))),
    output: () => output,
    kill: signal => void child.kill(signal),
  };
};

describe('the process', () => {
  test('starts, serves, stops by a signal; what it knew is there after kill -9', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'xcp-process-'));
    const args = ['--simulate', '--state-dir', folder, '--listen', `unix:${join(folder, 'xapi')}`, '--host-name', 'one'];
    const call = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
      const transport = new HttpTransport({ kind: 'unix', path: join(folder, 'xapi') });
      const session = await transport.request({ method: 'session.login_with_password', params: ['root', ''] });
      const value = await transport.request({ method, params: [session, ...params] });
      transport.close();
      return value;
    };
    const first = hostd(...args);
    await first.ready;
    const [pool] = (await call('pool.get_all')) as string[];
    await call('pool.set_name_label', pool, 'kept');
    const second = hostd(...args);
    expect((await second.ended).code).toBe(1);
    expect(second.output()).toContain('hostd cannot run');
    first.kill('SIGKILL');
    await first.ended;
    const third = hostd(...args);
    await third.ready;
    expect(await call('pool.get_name_label', pool)).toBe('kept');
    third.kill('SIGTERM');
    expect(await third.ended).toEqual({ code: 0, signal: null });
    expect(third.output()).toContain('"message":"stopped"');
    await rm(folder, { recursive: true });
  }, 60_000);

  test('refuses what it does not know, in one line, without a trace', async () => {
    const wrong = hostd('--colour');
    expect((await wrong.ended).code).toBe(1);
    expect(wrong.output()).toMatch(/^xcp hostd: .*--colour.*\nTry 'xcp hostd --help'\.\n$/);
    const help = hostd('--help');
    expect((await help.ended).code).toBe(0);
    expect(help.output()).toContain('--state-dir');
  }, 30_000);
});
