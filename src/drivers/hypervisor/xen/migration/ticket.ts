// The driver's own word between the two sides of a migration: where the destination listens, and which disks it takes.

import type { JsonObject } from '../../../../lib/json.ts';
import { isObject } from '../../../../wire/qmp.ts';
import { DriverError } from '../../../hypervisor.ts';

export interface XenTicket {
  readonly host: string;
  readonly port: number;
  /** Name of each disk's export, by the disk's id. */
  readonly disks: Readonly<Record<string, string>>;
}

const EXPORT = /^[0-9a-f]{10}$/;

export const encodeTicket = ({ host, port, disks }: XenTicket): JsonObject => ({ driver: 'xen', host, port, disks: { ...disks } });

/** A peer sent it: every field is checked. Throws DriverError `bad-config`. */
export const decodeTicket = ({ driver, host, port, disks }: JsonObject): XenTicket => {
  const named = isObject(disks) ? Object.entries(disks) : [];
  const names: Record<string, string> = {};
  for (const [id, name] of named) if (typeof name === 'string' && EXPORT.test(name)) names[id] = name;
  const isAddress = typeof host === 'string' && /^[0-9A-Za-z.:_%-]{1,255}$/.test(host);
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65536;
  if (driver !== 'xen' || !isAddress || !isPort || Object.keys(names).length !== named.length) {
    throw new DriverError('bad-config', 'the destination’s ticket is not one of this hypervisor');
  }
  return { host, port, disks: names };
};
