// Where a VIF that is locked or disabled stands on the switch:
//
//   guest ── tap ──[ guard bridge ]── inner ═══patch═══ outer ──[ the network's bridge ]── …
//
// The guard is one bridge of this host for all such VIFs. It has no way of its own (`fail_mode=secure`): a frame passes only from a tap
// to its own door and back, and only where a rule of OpenFlow says so. Where there are no rules, as after a restart of the switch,
// nothing passes; and that is nobody else's trouble, for the networks' bridges need none.
//
// What the rules have to say is kept with the tap's port in the switch's database. So whoever finds the switch can write them again.

import { createHash } from 'node:crypto';
import type { VifPort } from '../../desired.ts';
import type { View } from '../draft.ts';
import type { GuardedPorts } from '../flows/bundle.ts';
import { identityOf } from '../flows/identity.ts';
import type { GuardedPort } from '../flows/rules.ts';
import { externalId, isOurs } from '../owner.ts';
import type { BridgeRow, InterfaceRow, PortRow } from '../rows.ts';

/** On the guard bridge. */
export const guardKey = 'xcp-guard';
/** On the ports of a VIF that are on the guard: the tap's, and its door's. */
export const guardedVifKey = 'xcp-guarded-vif';
/** On an outer door: the tap that it leads to. */
export const tapKey = 'xcp-tap';
const lockKey = { mode: 'xcp-lock', mac: 'xcp-lock-mac', ipv4: 'xcp-lock-ipv4', ipv6: 'xcp-lock-ipv6' } as const;

export const guardDevice = (tag: string): string => `xg${tag}`;

export interface Doors {
  /** On the guard. */
  readonly inner: string;
  /** On the network's bridge. */
  readonly outer: string;
}

/** Of the VIF with this tap on a network's bridge. Named anew on each bridge: the switch does not find the peer of a patch that moved. */
export const doorsOf = (tap: string, bridge: string): Doors => {
  const suffix = createHash('sha256').update(`${tap}\n${bridge}`).digest('hex').slice(0, 12);
  return { inner: `lki${suffix}`, outer: `lko${suffix}` };
};

export const isGuarded = ({ lockingMode }: Pick<VifPort, 'lockingMode'>): boolean => lockingMode !== 'unlocked';

/** Marks of the tap's port on the guard: its lock, whole. */
export const lockIds = (port: VifPort): Readonly<Record<string, string>> => ({
  [guardedVifKey]: port.id,
  [lockKey.mode]: port.lockingMode,
  [lockKey.mac]: port.mac,
  [lockKey.ipv4]: port.ipv4Allowed.join(' '),
  [lockKey.ipv6]: port.ipv6Allowed.join(' '),
});

/** Takes the marks away. */
export const noLockIds: Readonly<Record<string, null>> = {
  [guardedVifKey]: null,
  [lockKey.mode]: null,
  [lockKey.mac]: null,
  [lockKey.ipv4]: null,
  [lockKey.ipv6]: null,
};

/** OpenFlow numbers come in pairs, and are asked for: they are the same after a restart of the switch. */
export const innerNumber = (tapNumber: number): number => tapNumber + 1;

export const numberOf = (row: InterfaceRow | undefined): number | undefined => {
  const number = row?.columns['ofport_request'];
  return typeof number === 'number' ? number : undefined;
};

export const guardOf = (view: View, tag: string): BridgeRow | undefined => {
  for (const bridge of view.bridges.values()) if (bridge.name === guardDevice(tag)) return bridge;
  return undefined;
};

const interfaceOf = (view: View, port: PortRow | undefined): InterfaceRow | undefined => {
  const [uuid] = port?.interfaces ?? [];
  return uuid === undefined ? undefined : view.interfaces.get(uuid);
};

const isDoor = (row: PortRow): boolean => externalId(row, guardedVifKey) !== undefined && externalId(row, lockKey.mode) === undefined;

const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter(word => word !== '');

/**
 * What the guard should let pass, as the switch's database has it. A VIF whose ports the switch has not made, or not under the numbers
 * they were asked to have, is left out: nothing passes there.
 */
export const guardedPorts = (view: View, tag: string): GuardedPorts => {
  const rows = (guardOf(view, tag)?.ports ?? []).flatMap(uuid => view.ports.get(uuid) ?? []);
  const doors = new Map(rows.flatMap(row => (isDoor(row) ? [[externalId(row, guardedVifKey), row]] : [])));
  const ports = new Map<string, GuardedPort>();
  for (const row of rows) {
    const [vifId, mode] = [externalId(row, guardedVifKey), externalId(row, lockKey.mode)];
    if (vifId === undefined || mode === undefined || !isOurs(row, tag)) continue;
    const tapRow = interfaceOf(view, row);
    const tap = numberOf(tapRow);
    if (tap === undefined || tapRow?.ofport !== tap) continue;
    const door = innerNumber(tap);
    if (interfaceOf(view, doors.get(vifId))?.ofport !== door) continue;
    const allowed = (key: string): readonly string[] => words(externalId(row, key));
    const identity = identityOf(externalId(row, lockKey.mac) ?? '', allowed(lockKey.ipv4), allowed(lockKey.ipv6));
    ports.set(vifId, { vifId, mode: mode === 'locked' ? 'locked' : 'disabled', identity, tap, door });
  }
  return ports;
};
