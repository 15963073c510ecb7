// Runs programs of QEMU for the bench: one that ends, one that serves.

import { type ChildProcess, spawn } from 'node:child_process';

const failure = (program: string, code: number | null, words: string): Error =>
  new Error(`${program}: exit ${code}\n${words.slice(-2000)}`);

/** Resolves with the milliseconds it took, start of the process included. Rejects with what it said. */
export function run(program: string, args: readonly string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  child.once('error', reject);
  child.once('close', code => (code === 0 ? resolve(performance.now() - startedAt) : reject(failure(program, code, words))));
  return promise;
}

export interface Served extends AsyncDisposable {
  readonly child: ChildProcess;
}

/** Starts a program that serves until it is disposed of, and resolves when `isReady` does. Rejects if it ends before. */
export async function serve(program: string, args: readonly string[], isReady: () => Promise<void>): Promise<Served> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = Promise.withResolvers<never>();
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  child.once('error', ended.reject);
  child.once('close', code => ended.reject(failure(program, code, words)));
  ended.promise.catch(() => undefined);
  await Promise.race([isReady(), ended.promise]);
  return {
    child,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended.promise.catch(() => undefined);
    },
  };
}
