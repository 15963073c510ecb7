// Questions to vswitchd itself, over its control socket: JSON-RPC as the database speaks it, without a process for each. What is answered is
// text for people.

import { access, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { JsonObject } from '../../../lib/json.ts';
import { JsonObjectSplitter } from '../../../wire/ovsdb.ts';
import { DriverError } from '../../hypervisor.ts';

export interface Question {
  readonly command: string;
  readonly args: readonly string[];
}

/** `refused` holds what the switch says against the question, as that there is no such port. */
export type Answer = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'refused'; readonly reason: string };

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** A bond of four members takes 3 KiB. */
const maxAnswerBytes = 4 * 1024 * 1024;
const askTimeoutMs = 5_000;

const unreachable = (reason: string): DriverError => new DriverError('unreachable', `ovs-vswitchd does not answer: ${reason}`);

/** Where the vswitchd of `rundir` listens: by its process id, unless it was told otherwise. */
export const controlSocket = async (rundir: string): Promise<string> => {
  const pid = Number.parseInt(await readFile(join(rundir, 'ovs-vswitchd.pid'), 'utf8').catch(() => ''), 10); // not running
  const names = [...(pid > 0 ? [`ovs-vswitchd.${pid}.ctl`] : []), 'ovs-vswitchd.ctl'];
  for (const name of names) {
    const path = join(rundir, name);
    const isThere = await access(path).then(
      () => true,
      () => false, // the other name, then
    );
    if (isThere) return path;
  }
  throw unreachable(`there is no control socket in ${rundir}`);
};

/** Whether vswitchd runs. Told at once, also while it is busy with hundreds of ports and answers nothing. */
export const isListening = async (rundir: string): Promise<boolean> => {
  const path = await controlSocket(rundir).catch(() => undefined); // it never ran, or is about to
  if (path === undefined) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
};

const answerOf = ({ result, error }: JsonObject): Answer =>
  error === null || error === undefined
    ? { kind: 'text', text: typeof result === 'string' ? result : '' }
    : { kind: 'refused', reason: typeof error === 'string' ? error.trim() : JSON.stringify(error) };

/**
 * Answers in the order of the questions. Rejects with `unreachable` when the switch does not answer them all in time, with the signal's
 * reason on an abort.
 */
export const askSwitch = async (
  path: string,
  questions: readonly Question[],
  { signal, timeoutMs = askTimeoutMs }: AskOptions = {},
): Promise<readonly Answer[]> => {
  signal?.throwIfAborted();
  if (questions.length === 0) return [];
  const timeout = AbortSignal.timeout(timeoutMs);
  const ends = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const { promise, resolve, reject } = Promise.withResolvers<readonly Answer[]>();
  const answers = new Map<number, Answer>();
  const splitter = new JsonObjectSplitter(maxAnswerBytes);
  const socket = connect(path);
  const end = (): void => reject(signal?.aborted === true ? signal.reason : unreachable('no answer in time'));
  ends.addEventListener('abort', end, { once: true });
  socket.on('error', error => reject(unreachable(error.message)));
  socket.on('close', () => reject(unreachable('it has closed the connection')));
  socket.on('data', piece => {
    try {
      for (const message of splitter.push(piece)) if (typeof message['id'] === 'number') answers.set(message['id'], answerOf(message));
    } catch (error) {
      reject(new DriverError('failed', `ovs-vswitchd cannot be understood: ${String(error)}`, { cause: error }));
    }
    const all = questions.flatMap((_, id) => answers.get(id) ?? []);
    if (all.length === questions.length) resolve(all);
  });
  for (const [id, { command, args }] of questions.entries()) socket.write(JSON.stringify({ id, method: command, params: args }));
  try {
    return await promise;
  } finally {
    ends.removeEventListener('abort', end);
    socket.destroy();
  }
};
