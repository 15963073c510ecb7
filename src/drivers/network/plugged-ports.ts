// What was last said of each guest's port, by whoever said it last: a desired state or a plug. A state is applied again after a restart of
// the switch, maybe hours later; what was locked since then must not be opened by it, nor a port that moved be moved back.

import { type HostNetwork, noNetwork, type VifPort } from './desired.ts';

export class PluggedPorts {
  readonly #plugged = new Map<string, VifPort>();

  /** The state with this port in it, if there is a state yet. */
  plug(desired: HostNetwork, port: VifPort): HostNetwork {
    this.#plugged.set(port.id, port);
    if (desired === noNetwork) return desired;
    return { ...desired, ports: [...desired.ports.filter(({ id }) => id !== port.id), port] };
  }

  /** The state without it. */
  unplug(desired: HostNetwork, vifId: string): HostNetwork {
    this.#plugged.delete(vifId);
    if (desired === noNetwork) return desired;
    return { ...desired, ports: desired.ports.filter(({ id }) => id !== vifId) };
  }

  /** A new state: it says where ports are; how they are locked is said by `plug`, so that a state made a moment earlier opens nothing. */
  apply(desired: HostNetwork): HostNetwork {
    const ports = desired.ports.map((port): VifPort => {
      const plugged = this.#plugged.get(port.id);
      return plugged === undefined ? port : { ...plugged, bridge: port.bridge };
    });
    return { ...desired, ports };
  }
}
