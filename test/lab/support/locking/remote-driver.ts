// A network driver in a process of its own, from the test's side.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BridgeSpec, HostNetwork, NicAttachment, VifPort } from '../../../../src/drivers/network.ts';
import type { RackHost } from '../rack/rack.ts';

const root = join(import.meta.dirname, '../../../..');

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export class RemoteDriver {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  readonly #ended: Promise<void>;
  /** What it logged. */
  log = '';
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-20_000);
    });
    child.stdin?.on('error', () => undefined); // it was killed
    if (child.stdout)
      createInterface(child.stdout).on('line', line => {
        const { id, value, error } = JSON.parse(line) as Answer;
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error === undefined) waiting?.resolve(value);
        else waiting?.reject(new Error(error));
      });
    this.#ended = new Promise(resolve => {
      child.once('close', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error(`the driver's process is gone: ${this.log}`));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** Resolves when it speaks with the switch. A second one on the same folder goes on with what the first has left. */
  static async start(host: RackHost, stateDir: string): Promise<RemoteDriver> {
    const [command = '', ...words] = host.space.wrap;
    const script = join(import.meta.dirname, 'driver-process.ts');
    const child = spawn(command, [...words, join(root, 'tools/node'), script, stateDir, host.ovs.rundir], { stdio: 'pipe' });
    const driver = new RemoteDriver(child);
    await driver.#answer(0);
    return driver;
  }

  async ensureBridge(spec: BridgeSpec): Promise<void> {
    await this.#call('ensureBridge', spec);
  }

  /** Answers how many parts failed. */
  async apply(desired: HostNetwork): Promise<number> {
    return (await this.#call('apply', desired)) as number;
  }

  async plug(port: VifPort): Promise<NicAttachment> {
    return (await this.#call('plug', port)) as NicAttachment;
  }

  async unplug(vifId: string): Promise<void> {
    await this.#call('unplug', vifId);
  }

  async ports(): Promise<readonly string[]> {
    return (await this.#call('ports')) as readonly string[];
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #answer(id: number): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    return promise;
  }

  #call(call: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#lastId += 1;
    const answer = this.#answer(this.#lastId);
    this.#child.stdin?.write(`${JSON.stringify({ id: this.#lastId, call, args })}\n`);
    return answer;
  }
}
