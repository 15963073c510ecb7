// The ports of guests on the draft. Each notes the XenAPI bridge that it is for, so that it follows when that bridge moves.

import type { VifPort } from '../desired.ts';
import { placeOf } from './bridge.ts';
import type { Draft, DraftPort, PortSpec } from './draft.ts';
import type { Host } from './host.ts';
import { bridgeKey, externalId, isOurs, ownerKey, vifKey } from './owner.ts';

/** The VIF of a port of this host. */
export const vifOf = (port: DraftPort | undefined, tag: string): string | undefined =>
  port && isOurs(port, tag) ? externalId(port, vifKey) : undefined;

export const guestPort = (host: Host, port: VifPort, ifname: string, tag: number | null): PortSpec => ({
  name: ifname,
  columns: {
    // Without it an untagged port is a trunk: it would hear every VLAN, and a guest could send into any.
    vlan_mode: 'access',
    tag,
    external_ids: { [vifKey]: port.id, 'xs-vm-uuid': port.vmId, [ownerKey]: host.tag, [bridgeKey]: port.bridge },
  },
  interfaces: [
    {
      name: ifname,
      columns: {
        mtu_request: port.mtu,
        external_ids: { 'attached-mac': port.mac, 'iface-id': port.id, 'vm-uuid': port.vmId, 'xs-vif-uuid': port.id },
        ingress_policing_rate: port.rateKbps ?? 0,
        // A tenth of a second's worth: smaller bursts keep TCP from reaching the rate.
        ingress_policing_burst: Math.ceil((port.rateKbps ?? 0) / 10),
      },
    },
  ],
});

/** Each port that is there is where its network is: as `ports` say, else as it noted itself. */
export const placeGuests = (draft: Draft, host: Host, ports: readonly VifPort[]): void => {
  const wanted = new Map(ports.map(port => [port.id, port]));
  for (const port of Array.from(draft.ports.values())) {
    const id = vifOf(port, host.tag);
    if (id === undefined) continue;
    const vif = wanted.get(id);
    if (vif?.lockingMode === 'disabled') {
      draft.removePort(port.name);
      continue;
    }
    const bridge = vif?.bridge ?? externalId(port, bridgeKey);
    const place = bridge === undefined ? undefined : placeOf(draft, host, bridge);
    if (!place) continue;
    if (vif) draft.setPort(place.bridge, guestPort(host, vif, port.name, place.tag));
    else if (port.bridge !== place.bridge || port.columns['tag'] !== place.tag)
      draft.setPort(place.bridge, {
        name: port.name,
        columns: { tag: place.tag },
        interfaces: port.interfaces.map(name => ({ name, columns: {} })),
      });
  }
};
