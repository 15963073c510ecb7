// The ports of guests on the draft: on their networks' bridges, or behind the guard and by its doors. Each notes the XenAPI bridge that it is for, so that it follows when that bridge moves.

import type { VifPort } from '../desired.ts';
import { type Place, placeOf } from './bridge.ts';
import type { Draft, DraftPort, PortSpec } from './draft.ts';
import { isGuarded, noLockIds, tapKey } from './guard/layout.ts';
import { hangDoors, placeBehindGuard, removeFromGuard, tapBehind } from './guard/place.ts';
import type { Host } from './host.ts';
import { noBond } from './uplinks.ts';
import { bridgeKey, externalId, isOurs, ownerKey, vifKey } from './owner.ts';

/** The VIF of a port of this host. */
export const vifOf = (port: DraftPort | undefined, tag: string): string | undefined =>
  port && isOurs(port, tag) ? externalId(port, vifKey) : undefined;

const guestPort = (host: Host, port: VifPort, ifname: string, tag: number | null): PortSpec => ({
  name: ifname,
  columns: {
    ...noBond,
    // Without it an untagged port is a trunk: it would hear every VLAN, and a guest could send into any.
    vlan_mode: 'access',
    tag,
    external_ids: {
      ...noLockIds,
      [tapKey]: null,
      [vifKey]: port.id,
      'xs-vm-uuid': port.vmId,
      [ownerKey]: host.tag,
      [bridgeKey]: port.bridge,
    },
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
        ofport_request: null,
      },
    },
  ],
});

/** The VIF is at its place, by way of the guard if it is locked or disabled. Names the interfaces that have to work. */
export const setGuest = (draft: Draft, host: Host, port: VifPort, tap: string, place: Place): readonly string[] => {
  const direct = guestPort(host, port, tap, place.tag);
  if (isGuarded(port)) return placeBehindGuard(draft, host, port, direct, place);
  // Where it stands as it should there is nothing else of it, and no need to look through all ports.
  const isThere = draft.ports.get(tap)?.bridge === place.bridge;
  if (!isThere) removeFronts(draft, host, port.id, tap);
  draft.setPort(place.bridge, direct);
  if (!isThere) removeFromGuard(draft, host, port.id);
  return [tap];
};

export const removeGuest = (draft: Draft, host: Host, vifId: string): void => {
  removeFronts(draft, host, vifId);
  removeFromGuard(draft, host, vifId);
};

/** The VIF's ports on its network's bridge; `but`: a port of this name stays. */
const removeFronts = (draft: Draft, host: Host, vifId: string, but?: string): void => {
  for (const port of Array.from(draft.ports.values()))
    if (vifOf(port, host.tag) === vifId && port.name !== but) draft.removePort(port.name);
};

/** Each port that is there is where its network is: as `ports` say, else as it noted itself. */
export const placeGuests = (draft: Draft, host: Host, ports: readonly VifPort[]): void => {
  const wanted = new Map(ports.map(port => [port.id, port]));
  for (const port of Array.from(draft.ports.values())) {
    const id = vifOf(port, host.tag);
    if (id === undefined) continue;
    const vif = wanted.get(id);
    const bridge = vif?.bridge ?? externalId(port, bridgeKey);
    const place = bridge === undefined ? undefined : placeOf(draft, host, bridge);
    if (!place) continue;
    const tap = tapBehind(port);
    if (vif) setGuest(draft, host, vif, tap ?? port.name, place);
    else if (tap !== undefined) hangDoors(draft, host, { vifId: id, tap, front: port.columns }, place);
    else if (port.bridge !== place.bridge || port.columns['tag'] !== place.tag)
      draft.setPort(place.bridge, {
        name: port.name,
        columns: { tag: place.tag },
        interfaces: port.interfaces.map(name => ({ name, columns: {} })),
      });
  }
};
