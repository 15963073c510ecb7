// The recorded texts of bonds, one file a case: what was typed, and what Open vSwitch 3.1 answered.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BondUplink } from '../../../src/drivers/network/desired.ts';
import type { LinkStatus } from '../../../src/drivers/network/status.ts';

/** What `bond/show`, `lacp/show` and `lacp/show-stats` said. */
export const recorded = (name: string): readonly string[] => {
  const text = readFileSync(join(import.meta.dirname, `../../fixtures/ovs/bond-${name}.txt`), 'utf8');
  return text
    .split(/^\$ .*\n/m)
    .slice(1)
    .map(part => (part.startsWith('no such') ? '' : part));
};

export const uplink = (more: Partial<BondUplink> = {}): BondUplink => ({
  kind: 'bond',
  pif: 'pif-bond0',
  device: 'bond0',
  mac: '02:00:00:00:00:01',
  members: [0, 1, 2, 3].map(i => ({ pif: `pif-eth${i}`, device: `eth${i}` })),
  mode: 'lacp',
  hashing: 'tcpudp_ports',
  lacpTime: 'fast',
  lacpFallback: false,
  ...more,
});

export const up = (device: string): LinkStatus => ({ device, carrier: true, fullDuplex: true });
