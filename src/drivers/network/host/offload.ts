// Whether NICs gather received segments into large ones before anybody looks at them (GRO): the kernel's default, and on unless an
// administrator switches it off. Told to the kernel by ethtool; without it nothing can be changed, and that is said once.

import type { Logger } from '../../../lib/logger.ts';
import { messageOf } from '../../errno.ts';
import { runTool } from '../../tool.ts';
import type { HostNetwork } from '../desired.ts';

/** NICs of the state that shall not gather. */
const offIn = ({ networks }: HostNetwork): ReadonlySet<string> =>
  new Set(
    networks.flatMap(({ uplink, gro }) => {
      if (gro !== false) return [];
      if (uplink.kind === 'nic') return [uplink.device];
      return uplink.kind === 'bond' ? uplink.members.map(({ device }) => device) : [];
    }),
  );

type Switch = (device: string, isOn: boolean) => Promise<void>;

const byEthtool: Switch = async (device, isOn) => {
  await runTool('ethtool', ['-K', device, 'gro', isOn ? 'on' : 'off']);
};

export class Offload {
  readonly #log: Logger;
  readonly #switch: Switch;
  /** NICs that this process has switched off. */
  readonly #off = new Set<string>();

  constructor(log: Logger, tell: Switch = byEthtool) {
    this.#log = log;
    this.#switch = tell;
  }

  /** Never rejects: a NIC that gathers still carries frames. `takes`: whether the NIC is ours. */
  async apply(desired: HostNetwork, takes: (device: string) => boolean): Promise<void> {
    const wanted = offIn(desired);
    const changes = [
      ...[...wanted].filter(device => takes(device) && !this.#off.has(device)).map(device => [device, false] as const),
      ...[...this.#off].filter(device => !wanted.has(device)).map(device => [device, true] as const),
    ];
    for (const [device, isOn] of changes) {
      try {
        await this.#switch(device, isOn);
      } catch (error) {
        this.#log.warn(`receive offload (gro) of a NIC could not be switched ${isOn ? 'on' : 'off'}`, { device, reason: messageOf(error) });
      }
      // Tried is done: a NIC that cannot is not asked again at each change.
      if (isOn) this.#off.delete(device);
      else this.#off.add(device);
    }
  }
}
