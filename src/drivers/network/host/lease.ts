// What a DHCP client was given, as its script writes it down: `name=value` lines.

import { isIP } from 'node:net';

export interface Lease {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway?: string;
  readonly dns: readonly string[];
  /** Process id of the client that got it. */
  readonly client: number;
}

/** Undefined for a file that holds no lease: the client has lost it, or the file is cut short. */
export const parseLease = (text: string): Lease | undefined => {
  const values = new Map(
    text.split('\n').flatMap(line => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
  const words = (name: string): readonly string[] => (values.get(name) ?? '').split(/[\s,]+/).filter(word => isIP(word) !== 0);
  const [address] = words('address');
  const prefixLength = Number(values.get('prefix'));
  const client = Number(values.get('client'));
  if (values.get('end') !== 'yes' || address === undefined || !Number.isInteger(prefixLength) || prefixLength < 1) return undefined;
  const [gateway] = words('gateway');
  return {
    address,
    prefixLength,
    ...(gateway !== undefined && { gateway }),
    dns: words('dns'),
    client: Number.isInteger(client) ? client : 0,
  };
};
