// A VM that counts to its disk, on one of two hosts, and what must hold after whatever struck its migration.

import { expect } from '@jest/globals';
import { listen } from '../../../tools/tour/console.ts';
import { labHost, type LabHost } from './hosts.ts';
import type { Link } from './link.ts';
import { eventually, installCounting, isNothing, leftOn, mustMigrate, nothing, readCounter } from './migrations.ts';

/** Where the source can be struck, in order; each before the step does anything and after it has done all. */
export const sourceSteps = [
  'reserve',
  'freeze',
  'copy-0',
  'receive',
  'mirror',
  'memory',
  'handOver',
  'verify',
  'commit',
  'leave-guest',
  'leave-disks',
  'leave-records',
  'close',
];
/** A host gives up a move that it hears nothing more of. What a silent link held back, of an earlier move too, may come after the link is mended. */
const GIVEN_UP_MS = 90_000;

export class Pair {
  readonly hosts: readonly [LabHost, LabHost];
  uuid = '';
  constructor(hosts: readonly [LabHost, LabHost]) {
    this.hosts = hosts;
  }
  static async start(link?: Link): Promise<Pair> {
    const options = (side: 0 | 1) => (link ? { address: link.sides[side].address, wrap: link.sides[side].wrap } : {});
    const pair = new Pair([await labHost('one', options(0)), await labHost('two', options(1))]);
    pair.uuid = await installCounting(pair.hosts[0], 'struck');
    const heard = listen(pair.hosts[0].host.server, pair.uuid);
    await heard.next(20, 60_000);
    heard.stop();
    return pair;
  }
  /** The host that has the VM, and the other one. */
  async sides(): Promise<readonly [LabHost, LabHost]> {
    const homes: LabHost[] = [];
    for (const host of this.hosts) if ((await host.xcp('vm-list', `uuid=${this.uuid}`, '--minimal')) !== '') homes.push(host);
    const [one, two] = this.hosts;
    expect(homes).toHaveLength(1);
    return homes[0] === one ? [one, two] : [two, one];
  }
  /** After whatever happened: settled, once, whole, and able to move. */
  async expectOnceAndWhole(): Promise<void> {
    await eventually(
      async () =>
        (await Promise.all(this.hosts.map(host => host.xcp('vm-list', `uuid=${this.uuid}`, '--minimal')))).filter(found => found !== '')
          .length,
      count => count === 1,
    );
    const [home, other] = await this.sides();
    expect(await eventually(() => leftOn(other), isNothing, GIVEN_UP_MS)).toEqual(nothing);
    expect(
      await eventually(
        () => home.xcp('vm-param-get', `uuid=${this.uuid}`, 'param-name=current-operations'),
        now => now === '',
      ),
    ).toBe('');
    expect(await home.xcp('vm-param-get', `uuid=${this.uuid}`, 'param-name=power-state')).toBe('running');
    const before = await readCounter(home, this.uuid);
    expect({ missing: before.missing, duplicate: before.duplicate, torn: before.torn }).toEqual({ missing: [], duplicate: [], torn: [] });
    const heard = listen(home.host.server, this.uuid);
    await heard.next(before.last + 5, 60_000);
    heard.stop();
    await mustMigrate(home, other, this.uuid, [`remote-master=${other.host.server}`]);
    expect((await readCounter(other, this.uuid)).ok).toBe(true);
    expect(await eventually(() => leftOn(home), isNothing, GIVEN_UP_MS)).toEqual(nothing);
  }
  async end(): Promise<void> {
    for (const host of this.hosts) await host[Symbol.asyncDispose]();
  }
}
