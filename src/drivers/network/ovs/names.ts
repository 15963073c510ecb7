// The names of things on the switch. Where several xcp hosts share a machine, each has names of its own (`isPrivate`); else bridges bear the
// names that XenAPI gives them. A device's name has at most 15 characters.

import { createHash } from 'node:crypto';
import { DriverError } from '../../hypervisor.ts';

export interface Names {
  /** The device of a bridge. Throws `bad-config` for a name that no device can have. */
  bridge(bridge: string): string;
  bond(device: string): string;
  tunnel(bridge: string, remote: string): string;
}

const maxDeviceName = 15;

/** Marks what belongs to the host whose state is kept in `stateDir`. */
export const tagOf = (stateDir: string): string => createHash('sha256').update(stateDir).digest('hex').slice(0, 12);

/** Of names that are asked for again and again: a host has some thousands, and each change asks for all. */
const maxRemembered = 10_000;

export const createNames = (tag: string, isPrivate: boolean): Names => {
  const known = new Map<string, string>();
  const hashed = (prefix: string, ...words: readonly string[]): string => {
    const text = [tag, ...words].join('\n');
    const before = known.get(`${prefix}${text}`);
    if (before !== undefined) return before;
    const name = `${prefix}${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    if (known.size >= maxRemembered) known.clear();
    known.set(`${prefix}${text}`, name);
    return name;
  };
  return {
    bridge: bridge => {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(bridge)) throw new DriverError('bad-config', `"${bridge}" is no name for a bridge`);
      if (isPrivate) return hashed('xb', bridge);
      if (bridge.length > maxDeviceName)
        throw new DriverError('bad-config', `the bridge name "${bridge}" is longer than the ${maxDeviceName} characters of a device`);
      return bridge;
    },
    bond: device => (isPrivate ? hashed('xn', device) : device),
    tunnel: (bridge, remote) => hashed('xt', bridge, remote),
  };
};
