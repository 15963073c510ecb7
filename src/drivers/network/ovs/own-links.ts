// The host's own addresses follow the switch: after each round they are brought to where the bridges now are. What they were last given is
// remembered, so that hundreds of VLANs that come and go do not each wait for a look at addresses that nobody moved.

import { systemClock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { DriverError } from '../../hypervisor.ts';
import { type HostNetwork, noNetwork } from '../desired.ts';
import type { Settled } from '../gather.ts';
import type { HostAddresses } from '../host/addresses.ts';
import type { Failures } from './commit.ts';
import type { Host } from './host.ts';
import { applyOwnAddresses, ownLinks } from './own-addresses.ts';

const lookLaterMs = 2_000;

export class OwnLinks {
  readonly #addresses: HostAddresses;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #desired: HostNetwork = noNetwork;
  /** What the links were last given, all well. */
  #addressed: string | undefined;
  #isLooking = false;

  constructor(addresses: HostAddresses, log: Logger) {
    this.#addresses = addresses;
    this.#log = log;
  }

  /** Devices may be new, and have lost what was on them. */
  forget(): void {
    this.#addressed = undefined;
  }

  close(): void {
    this.#closing.abort(new DriverError('failed', 'the network driver is closed'));
  }

  /** At once after the switch has the NICs: until then nobody answers for the host. */
  async move(host: Host, desired: HostNetwork, switched: Settled<Failures>): Promise<Settled<Failures>> {
    if (!switched.ok) return switched;
    this.#desired = desired;
    const links = JSON.stringify(ownLinks(desired, host, switched.value));
    const isKnown = this.#addressed === links;
    this.#addressed = undefined;
    try {
      // What has them already is looked at all the same, but nobody waits for it.
      if (isKnown) this.#lookLater(links, host, switched.value);
      const failures: Failures = isKnown ? new Map() : await applyOwnAddresses(this.#addresses, desired, host, switched.value);
      if (failures.size === 0) this.#addressed = links;
      return { ok: true, value: new Map([...failures, ...switched.value]) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** Once for all changes of some seconds, unless the links have become others by then. */
  #lookLater(links: string, host: Host, failed: Failures): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const look = async (): Promise<void> => {
      await systemClock.sleep(lookLaterMs, { signal: this.#closing.signal });
      if (this.#addressed !== links) return;
      await applyOwnAddresses(this.#addresses, this.#desired, host, failed);
    };
    look()
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#log.warn("the host's addresses could not be looked at", { error });
      })
      .finally(() => {
        this.#isLooking = false;
      });
  }
}
