// The guard on the draft of a change: a VIF's tap and its door come onto the guard bridge, or go; the bridge itself comes with the first
// and goes with the last.

import type { VifPort } from '../../desired.ts';
import type { Draft, PortSpec, View } from '../draft.ts';
import type { Host } from '../host.ts';
import { externalId, isOurs, ownerKey, vifKey } from '../owner.ts';
import type { Columns } from '../rows.ts';
import { doorsOf, guardDevice, guardedPorts, guardedVifKey, guardKey, innerNumber, lockIds, numberOf } from './layout.ts';

/** Puts a VIF's tap behind the guard; answers the port that leads there, to be placed on the network's bridge with `columns`. */
export const placeBehindGuard = (draft: Draft, host: Host, port: VifPort, tap: PortSpec): PortSpec => {
  const guard = guardDevice(host.tag);
  const { inner, outer } = doorsOf(tap.name);
  ensureGuard(draft, host);
  const number = numberFor(draft, host, tap.name);
  draft.setPort(guard, {
    name: tap.name,
    // What it was on the network's bridge, if it was there, is the outer door's now.
    columns: { vlan_mode: null, tag: null, external_ids: { [ownerKey]: host.tag, [vifKey]: null, ...lockIds(port) } },
    interfaces: tap.interfaces.map(({ name, columns }) => ({ name, columns: { ...columns, ofport_request: number } })),
  });
  draft.setPort(guard, {
    name: inner,
    columns: { external_ids: { [ownerKey]: host.tag, [guardedVifKey]: port.id } },
    interfaces: [{ name: inner, columns: { ...patchTo(outer), ofport_request: innerNumber(number) } }],
  });
  return { name: outer, columns: tap.columns, interfaces: [{ name: outer, columns: patchTo(inner) }] };
};

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
  const taken = new Set(host.numbersInRules?.());
  const numberOfInterface = (name: string): number | undefined => {
    const edited = draft.interfaceEdits.get(name)?.['ofport_request'];
    return typeof edited === 'number' ? edited : edited === null ? undefined : numberOf(draft.interfaceRows.get(name));
  };
  for (const port of draft.bridges.get(guardDevice(host.tag))?.ports ?? []) {
    const number = numberOfInterface(port);
    if (port === tap && number !== undefined) return number;
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
