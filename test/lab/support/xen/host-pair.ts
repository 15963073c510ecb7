// Two emulated Xen hosts with the shipped agent, and what must hold of a guest that moves between them, whatever struck its move.

import { expect } from '@jest/globals';
import { executableDisk } from './executable.ts';
import type { ExtraDisk } from './extra-disk.ts';
import { eventually, XenHost } from './host.ts';
import { xenImage } from './image.ts';
import { bootXenPair, type XenMachine } from './machine.ts';

const [LEFT, RIGHT] = ['10.77.0.1', '10.77.0.2'] as const;
const MEMORY_MIB = 1792;
const SETTLED_MS = 180_000;

interface PairOptions {
  /** A raw image for the state of the right host, which then survives a power cut. */
  readonly rightState?: string;
}

export class HostPair {
  readonly #machines: [XenMachine, XenMachine];
  readonly #hosts: [XenHost, XenHost];
  readonly #disk: ExtraDisk;

  private constructor(machines: readonly [XenMachine, XenMachine], disk: ExtraDisk) {
    this.#machines = [...machines];
    this.#hosts = [new XenHost(machines[0].dom0, LEFT), new XenHost(machines[1].dom0, RIGHT)];
    this.#disk = disk;
  }

  static async boot({ rightState }: PairOptions = {}): Promise<HostPair> {
    const disk = await executableDisk();
    const options = { extraDisk: disk.path, memoryMib: MEMORY_MIB };
    const machines = await bootXenPair(await xenImage(), options, rightState === undefined ? {} : { stateDisk: rightState });
    const pair = new HostPair(machines, disk);
    if (rightState !== undefined) await pair.hosts[1].mountState('/dev/vdc');
    await Promise.all(pair.hosts.map(host => host.begin()));
    return pair;
  }

  get hosts(): readonly [XenHost, XenHost] {
    return this.#hosts;
  }

  async end(): Promise<void> {
    for (const machine of this.#machines.toReversed()) await machine[Symbol.asyncDispose]();
    await this.#disk[Symbol.asyncDispose]();
  }

  /** The right host loses its power; what is resolved with gives it back, and starts its agent. */
  async cutRight(): Promise<() => Promise<void>> {
    const bootAgain = await this.#machines[1].cutPower();
    return async () => {
      this.#machines[1] = await bootAgain();
      this.#hosts[1] = new XenHost(this.#machines[1].dom0, RIGHT);
      await this.#hosts[1].mountState('/dev/vdc');
      await this.#hosts[1].start();
    };
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

  /** The guest ends, and its disk holds each record it ever wrote, and is sound. Nothing of it stays. */
  async expectAllRecords(uuid: string): Promise<number> {
    const [home] = await this.sides(uuid);
    const last = await home.counted(uuid);
    await home.xcp('vm-shutdown', `uuid=${uuid}`);
    const report = await home.records();
    expect(report).toMatchObject({ ok: true, first: 1 });
    expect(report.last).toBeGreaterThanOrEqual(last);
    await home.xcp('vm-uninstall', `uuid=${uuid}`, '--force');
    return report.records;
  }
}
