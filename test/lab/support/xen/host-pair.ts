// Two emulated Xen hosts with the shipped agent, and what must hold of a guest that moves between them, whatever struck its move.

import { expect } from '@jest/globals';
import { executableDisk } from './executable.ts';
import type { ExtraDisk } from './extra-disk.ts';
import { eventually, XenHost } from './host.ts';
import { xenImage } from './image.ts';
import { bootXenPair, type XenMachine } from './machine.ts';

const MEMORY_MIB = 1792;
const SETTLED_MS = 180_000;

export class HostPair {
  readonly hosts: readonly [XenHost, XenHost];
  readonly #machines: readonly [XenMachine, XenMachine];
  readonly #disk: ExtraDisk;

  private constructor(machines: readonly [XenMachine, XenMachine], disk: ExtraDisk) {
    const [left, right] = machines;
    this.#machines = machines;
    this.hosts = [new XenHost(left.dom0, '10.77.0.1'), new XenHost(right.dom0, '10.77.0.2')];
    this.#disk = disk;
  }

  static async boot(): Promise<HostPair> {
    const disk = await executableDisk();
    const pair = new HostPair(await bootXenPair(await xenImage(), { extraDisk: disk.path, memoryMib: MEMORY_MIB }), disk);
    await Promise.all(pair.hosts.map(host => host.begin()));
    return pair;
  }

  async end(): Promise<void> {
    for (const machine of this.#machines.toReversed()) await machine[Symbol.asyncDispose]();
    await this.#disk[Symbol.asyncDispose]();
  }

  /** The host that has the VM, and the other one. */
  async sides(uuid: string): Promise<readonly [XenHost, XenHost]> {
    const has = await Promise.all(this.hosts.map(host => host.xcp('vm-list', `uuid=${uuid}`, '--minimal')));
    expect(has.filter(found => found !== '')).toEqual([uuid]);
    return has[0] === '' ? [this.hosts[1], this.hosts[0]] : this.hosts;
  }

  /** Settled, running on exactly one side, writing, with nothing left on the other. */
  async expectOnceAndWhole(uuid: string): Promise<void> {
    const look = async (): Promise<string> => {
      const [home, other] = await this.sides(uuid);
      const operations = await home.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=current-operations');
      return operations || (await other.remains(uuid));
    };
    let seen = '';
    const settled = async (): Promise<boolean> => (seen = await look()) === '';
    await eventually('that the move has settled', settled, SETTLED_MS).catch((error: unknown) => {
      throw new Error(`still there: ${seen}`, { cause: error });
    });
    const [home] = await this.sides(uuid);
    const domains = await Promise.all(this.hosts.map(host => host.sh(`xl list | grep -c ${uuid} || true`)));
    expect(domains.map(Number).toSorted((a, b) => a - b)).toEqual([0, 1]);
    await home.expectWriting(uuid);
  }

  /** The guest ends; its disk holds each record it ever wrote, and is sound. */
  async expectAllRecords(uuid: string): Promise<number> {
    const [home] = await this.sides(uuid);
    const last = await home.counted(uuid);
    await home.xcp('vm-shutdown', `uuid=${uuid}`);
    const report = await home.records();
    expect(report).toMatchObject({ ok: true, first: 1 });
    expect(report.last).toBeGreaterThanOrEqual(last);
    return report.records;
  }
}
