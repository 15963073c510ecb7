// A network namespace of a rack: what runs in it, and the tool for frames inside it.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runTool, type ToolOptions } from '../../../../src/drivers/tool.ts';

const frames = join(import.meta.dirname, 'frames.py');
/** The system's own where there is one: others stand behind a script that costs more than the tool. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** Lines for `ip -batch` on the machine itself. */
export const ipBatch = async (lines: readonly string[]): Promise<void> => {
  if (lines.length > 0) await runTool('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
};

/** A frame tool that runs until it is told to end. */
export interface FrameTool {
  /** Resolves with what it printed after it was ready, when it ends by itself. */
  readonly ended: Promise<string>;
  /** Ends it; resolves with what it printed after it was ready. */
  stop(): Promise<string>;
}

/** Marks that were heard, each with the VLAN tag of its frame. */
export type Heard = Readonly<Record<string, number | null>>;

export interface Ear {
  /** Waits until all are heard, some seconds at most. */
  all(): Promise<Heard>;
  /** Ends the listening: what was heard until now. */
  stop(): Promise<Heard>;
}

const maxHearingMs = 10_000;

export class Space {
  readonly namespace: string;

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Words before a command that put it inside. */
  get wrap(): readonly string[] {
    return ['ip', 'netns', 'exec', this.namespace];
  }

  run(program: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
    return runTool('ip', [...this.wrap.slice(1), program, ...args], options);
  }

  /** Commands of `ip` inside, in one run. */
  async ip(...lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await runTool('ip', ['-n', this.namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  frames(words: readonly string[], input?: unknown): Promise<string> {
    return this.run(python, [frames, ...words], input === undefined ? {} : { input: JSON.stringify(input) });
  }

  /** Starts listening on `eth0` for frames that hold one of the marks. */
  async hear(marks: readonly string[]): Promise<Ear> {
    const tool = await this.startFrames(['hear', 'eth0', String(maxHearingMs), JSON.stringify(marks)]);
    const told = async (text: Promise<string>): Promise<Heard> => JSON.parse(await text) as Heard;
    return { all: () => told(tool.ended), stop: () => told(tool.stop()) };
  }

  /** Starts a frame tool; resolves when it is ready. `input` is all that it reads; without, its input stays open until `stop`. */
  async startFrames(words: readonly string[], input?: unknown): Promise<FrameTool> {
    const [command = '', ...args] = this.wrap;
    const child = spawn(command, [...args, python, frames, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    if (input !== undefined) child.stdin.end(JSON.stringify(input));
    return follow(child, words.join(' '));
  }
}

const follow = async (child: ChildProcess, what: string): Promise<FrameTool> => {
  const printed: string[] = [];
  let errors = '';
  const ready = Promise.withResolvers<void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  // It may have ended by itself, having printed all there is.
  child.stdin?.on('error', () => undefined);
  if (child.stdout)
    createInterface(child.stdout).on('line', line => {
      if (line === 'ready') ready.resolve();
      else printed.push(line);
    });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0 || code === null) resolve(printed.join('\n'));
      else reject(new Error(`${what} ended with ${code}: ${errors}`));
    });
  });
  await Promise.race([ready.promise, ended.then(() => Promise.reject(new Error(`${what} ended before it was ready: ${errors}`)))]);
  // Whoever asks for it hears of a failure.
  ended.catch(() => undefined);
  return {
    ended,
    stop() {
      child.stdin?.end();
      return ended;
    },
  };
};
