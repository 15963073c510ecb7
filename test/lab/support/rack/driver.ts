// The network driver of a rack's host in a process of its own inside that host, as hostd has it; it can be killed at any time.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostAddressStatus, HostNetwork, NicAttachment, PhysicalInterface, VifPort } from '../../../../src/drivers/network.ts';
import type { RackHost } from './rack.ts';

const root = join(import.meta.dirname, '../../../..');

interface Answer {
  readonly event?: string;
  readonly failures?: Readonly<Record<string, string>>;
  readonly addresses?: readonly HostAddressStatus[];
  readonly interfaces?: readonly PhysicalInterface[];
  readonly attachment?: NicAttachment;
  readonly reason?: string;
}

export class InsideDriver implements AsyncDisposable {
  readonly events: string[] = [];
  /** Why the switch had to be made again what it should be. */
  readonly repairs: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.once('close', code => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`the driver ended with ${code}`));
    });
    if (child.stdout)
      createInterface(child.stdout).on('line', line => {
        const answer = JSON.parse(line) as Answer;
        if (answer.event === undefined) this.#waiting.shift()?.resolve(answer);
        else this.events.push(answer.event);
        if (answer.reason !== undefined) this.repairs.push(answer.reason);
      });
  }

  static start(host: RackHost, stateDir: string, nics: readonly string[]): InsideDriver {
    const [program = '', ...args] = host.space.wrap;
    const inside = [join(root, 'tools/node'), join(import.meta.dirname, 'driver-inside.ts'), stateDir, host.ovs.rundir, ...nics];
    return new InsideDriver(spawn(program, [...args, ...inside], { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** Resolves with what failed, by uuid. */
  async apply(state: HostNetwork): Promise<Readonly<Record<string, string>>> {
    return (await this.#ask({ apply: state })).failures ?? {};
  }

  async addresses(): Promise<readonly HostAddressStatus[]> {
    return (await this.#ask({ ask: 'addresses' })).addresses ?? [];
  }

  async interfaces(): Promise<readonly PhysicalInterface[]> {
    return (await this.#ask({ ask: 'interfaces' })).interfaces ?? [];
  }

  /** Resolves with the name of the tap. */
  async plug(port: VifPort): Promise<string> {
    const { attachment } = await this.#ask({ plug: port });
    return attachment?.kind === 'tap' ? attachment.ifname : '';
  }

  async unplug(vif: string): Promise<void> {
    await this.#ask({ unplug: vif });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
  }

  #ask(command: unknown): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ resolve, reject });
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return promise;
  }
}
