// One end of a wire in a namespace: frames go out, and what comes is counted. Either a tap, held as a hypervisor holds it, or an interface.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Space } from '../rack/space.ts';

const tool = join(import.meta.dirname, 'wire.py');
/** The system's own where there is one: others stand behind a script that costs more than the tool. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

export interface Heard {
  /** By mark; those that never came are not there. */
  readonly counts: Readonly<Record<string, number>>;
  /** The longest time without a legal frame. */
  readonly gapMs: number;
}

export interface Sent {
  readonly legal: number;
  readonly others: number;
}

export class WireEnd implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  readonly #gone: Promise<void>;
  #lastId = 0;

  private constructor(child: ChildProcess, ready: () => void) {
    this.#child = child;
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    // It may have been ended before it has read all.
    child.stdin?.on('error', () => undefined);
    if (child.stdout)
      createInterface(child.stdout).on('line', line => {
        if (line === 'ready') return ready();
        const { id, value } = JSON.parse(line) as { readonly id: number; readonly value: unknown };
        this.#waiting.get(id)?.resolve(value);
        this.#waiting.delete(id);
        return undefined;
      });
    this.#gone = new Promise(resolve => {
      child.once('close', code => {
        for (const { reject } of this.#waiting.values()) reject(new Error(`the end of a wire is gone (${code}): ${errors}`));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  static async open(space: Space, kind: 'tap' | 'packet', device: string): Promise<WireEnd> {
    const [command = '', ...words] = space.wrap;
    const child = spawn(command, [...words, python, tool, kind, device], { stdio: 'pipe' });
    const ready = Promise.withResolvers<void>();
    const end = new WireEnd(child, ready.resolve);
    await Promise.race([ready.promise, end.#gone.then(() => Promise.reject(new Error(`${device} could not be opened`)))]);
    return end;
  }

  async send(frames: readonly string[], gapMs = 1): Promise<void> {
    await this.#call('send', { frames, gapMs });
  }

  /** Until `calm`: `hz` legal frames a second, and as many of the others in turn. */
  async flood(legal: string, others: readonly string[], hz: number): Promise<void> {
    await this.#call('flood', { legal, others, hz });
  }

  async calm(): Promise<Sent> {
    return (await this.#call('calm', {})) as Sent;
  }

  /** Counts from now on. `legal`: the mark whose absence is measured. */
  async listen(marks: readonly string[], legal?: string): Promise<void> {
    await this.#call('listen', { marks, ...(legal !== undefined && { legal }) });
  }

  async heard(): Promise<Heard> {
    return (await this.#call('heard', {})) as Heard;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#gone;
  }

  #call(what: string, fields: object): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#child.stdin?.write(`${JSON.stringify({ id, do: what, ...fields })}\n`);
    return promise;
  }
}
