// The driver's own word between the two sides of a migration: where the destination listens for memory and for each disk.

import type { Json, JsonObject } from '../../../../lib/json.ts';
import { isObject } from '../../../../wire/qmp.ts';
import { DriverError } from '../../../hypervisor.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Ticket {
  readonly memory: Endpoint;
  readonly nbd: Endpoint;
  /** Name of each disk's export, by the disk's id. */
  readonly disks: Readonly<Record<string, string>>;
}

export const encodeTicket = (ticket: Ticket): JsonObject => ({
  driver: 'qemu',
  memory: { ...ticket.memory },
  nbd: { ...ticket.nbd },
  disks: { ...ticket.disks },
});

const endpoint = (value: Json | undefined): Endpoint | undefined => {
  if (!isObject(value) || typeof value['host'] !== 'string' || !/^[0-9A-Za-z.:_%-]{1,255}$/.test(value['host'])) return undefined;
  const port = value['port'];
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65536 ? { host: value['host'], port } : undefined;
};

/** A peer sent it: every field is checked. Throws DriverError `bad-config`. */
export const decodeTicket = (json: JsonObject): Ticket => {
  const memory = endpoint(json['memory']);
  const nbd = endpoint(json['nbd']);
  const named = isObject(json['disks']) ? Object.entries(json['disks']) : [];
  const disks: Record<string, string> = {};
  for (const [id, name] of named) if (typeof name === 'string') disks[id] = name;
  if (json['driver'] !== 'qemu' || memory === undefined || nbd === undefined || Object.keys(disks).length !== named.length) {
    throw new DriverError('bad-config', 'the destination’s ticket is not one of this hypervisor');
  }
  return { memory, nbd, disks };
};

/** As QEMU writes an address in a migration's URI. */
export const uriOf = ({ host, port }: Endpoint): string => `tcp:${host.includes(':') ? `[${host}]` : host}:${port}`;
