// The guard on the draft of a change: a VIF's tap and its door come onto the guard bridge, or go; the bridge itself comes with the first
// and goes with the last.

import type { VifPort } from '../../desired.ts';
import type { Place } from '../bridge.ts';
import type { Draft, DraftPort, PortSpec, View } from '../draft.ts';
import type { Host } from '../host.ts';
import { bridgeKey, externalId, isOurs, ownerKey, vifKey } from '../owner.ts';
import type { Columns } from '../rows.ts';
import { doorsOf, guardDevice, guardedPorts, guardedVifKey, guardKey, innerNumber, lockIds, numberOf, tapKey } from './layout.ts';

/** Puts a VIF's tap behind the guard and hangs its doors. `direct`: its port as it would be unlocked. Names the interfaces it has then. */
export const placeBehindGuard = (draft: Draft, host: Host, port: VifPort, direct: PortSpec, place: Place): readonly string[] => {
  ensureGuard(draft, host);
  const number = numberFor(draft, host, direct.name);
  draft.setPort(guardDevice(host.tag), {
    name: direct.name,
    // What it was on the network's bridge, if it was there, is the outer door's now.
    columns: {
      vlan_mode: null,
      tag: null,
      external_ids: { [ownerKey]: host.tag, 'xs-vm-uuid': port.vmId, [vifKey]: null, [bridgeKey]: null, ...lockIds(port) },
    },
    interfaces: direct.interfaces.map(({ name, columns }) => ({ name, columns: { ...columns, ofport_request: number } })),
  });
  return [direct.name, ...hangDoors(draft, host, { vifId: port.id, tap: direct.name, front: direct.columns }, place)];
};

export interface Doorway {
  readonly vifId: string;
  readonly tap: string;
  /** Columns of its port on the network's bridge. */
  readonly front: Columns;
}

/** The way between a tap behind the guard and its network's bridge; other ways of that VIF go. Names its two ends. */
export const hangDoors = (draft: Draft, host: Host, { vifId, tap, front }: Doorway, { bridge, tag }: Place): readonly string[] => {
  const { inner, outer } = doorsOf(tap, bridge);
  // Where they hang as they should there are no others, and no need to look through all ports.
  if (draft.ports.get(outer)?.bridge !== bridge || !draft.ports.has(inner)) {
    const keep = new Set([tap, inner, outer]);
    for (const port of Array.from(draft.ports.values()))
      if (!keep.has(port.name) && isOurs(port, host.tag) && [externalId(port, guardedVifKey), externalId(port, vifKey)].includes(vifId))
        draft.removePort(port.name);
  }
  draft.setPort(guardDevice(host.tag), {
    name: inner,
    columns: { external_ids: { [ownerKey]: host.tag, [guardedVifKey]: vifId } },
    interfaces: [{ name: inner, columns: { ...patchTo(outer), ofport_request: innerNumber(numberFor(draft, host, tap)) } }],
  });
  const ids = front['external_ids'];
  draft.setPort(bridge, {
    name: outer,
    columns: { ...front, tag, external_ids: { ...(typeof ids === 'object' ? ids : {}), [tapKey]: tap } },
    interfaces: [{ name: outer, columns: patchTo(inner) }],
  });
  return [inner, outer];
};

/** Whether a VIF's port on a network's bridge is a door, and of which tap. */
export const tapBehind = (port: DraftPort): string | undefined => externalId(port, tapKey);

const patchTo = (peer: string): Columns => ({ type: 'patch', options: { peer } });

/** Takes a VIF's ports off the guard. Idempotent. */
export const removeFromGuard = (draft: Draft, host: Host, vifId: string): void => {
  const device = guardDevice(host.tag);
  for (const name of Array.from(draft.bridges.get(device)?.ports ?? [])) {
    const port = draft.ports.get(name);
    if (port && externalId(port, guardedVifKey) === vifId) draft.removePort(name);
  }
  const guard = draft.bridges.get(device);
  if (guard && isOurs(guard, host.tag) && [...guard.ports].every(name => name === device)) draft.removeBridge(device);
};

const ensureGuard = (draft: Draft, host: Host): void => {
  const name = guardDevice(host.tag);
  const ids = { [ownerKey]: host.tag };
  draft.setBridge(name, {
    datapath_type: host.datapathType,
    // Nothing passes but by a rule.
    fail_mode: 'secure',
    external_ids: { ...ids, [guardKey]: 'VIFs that are locked or disabled' },
    other_config: { 'disable-in-band': 'true' },
  });
  draft.setPort(name, { name, columns: { external_ids: ids }, interfaces: [{ name, columns: { type: 'internal' } }] });
};

/** The one it has, or one that nobody has and that no rule on the switch still names. */
const numberFor = (draft: Draft, host: Host, tap: string): number => {
  const numberOfInterface = (name: string): number | undefined => {
    const edited = draft.interfaceEdits.get(name)?.['ofport_request'];
    return typeof edited === 'number' ? edited : edited === null ? undefined : numberOf(draft.interfaceRows.get(name));
  };
  const guard = guardDevice(host.tag);
  const own = draft.ports.get(tap)?.bridge === guard ? numberOfInterface(tap) : undefined;
  if (own !== undefined) return own;
  const taken = new Set(host.numbersInRules?.());
  for (const port of draft.bridges.get(guard)?.ports ?? []) {
    const number = numberOfInterface(port);
    if (number !== undefined) taken.add(number);
  }
  let number = 1;
  while (taken.has(number)) number += 2;
  return number;
};

/** VIFs that lose the numbers which rules may name now. */
export const leavingGuard = (view: View, draft: Draft, host: Host): readonly string[] => {
  const staying = new Set<string>();
  for (const name of draft.bridges.get(guardDevice(host.tag))?.ports ?? []) {
    const port = draft.ports.get(name);
    const vifId = port && externalId(port, guardedVifKey);
    if (vifId !== undefined && port?.row !== undefined) staying.add(vifId);
  }
  return [...guardedPorts(view, host.tag).keys()].filter(vifId => !staying.has(vifId));
};
