// What VLANs, bonds and tunnels ask of interfaces and networks before they are made.

import { randomBytes } from 'node:crypto';
import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import { macFrom } from '../refs.ts';

/** Throws NETWORK_ALREADY_CONNECTED: a network has one interface per host. */
export const assertNotConnected = (db: Reader, network: Ref<'network'>, host: Ref<'host'>): void => {
  const connected = db.need('network', network).PIFs.find(pif => db.need('PIF', pif).host === host);
  if (connected !== undefined) throw new XenError('NETWORK_ALREADY_CONNECTED', [host, connected]);
};

export const isBonded = (pif: RecordOf<'PIF'>): boolean => !isNullRef(pif.bond_slave_of);

/** The first free `<prefix><number>` among the host's devices. */
export const freeDevice = (db: Reader, host: Ref<'host'>, prefix: string): string => {
  const taken = new Set(db.need('host', host).PIFs.map(pif => db.need('PIF', pif).device));
  for (let number = 0; ; number++) if (!taken.has(`${prefix}${number}`)) return `${prefix}${number}`;
};

export const isMac = (text: string): boolean => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text);

export const freshMac = (): string => macFrom(randomBytes(6));

/** An interface that exists in the switch alone. */
export const insertVirtualPif = (
  tx: Tx,
  below: RecordOf<'PIF'>,
  fields: Pick<RecordOf<'PIF'>, 'device' | 'network' | 'MAC' | 'VLAN'> & Partial<RecordOf<'PIF'>>,
): Ref<'PIF'> =>
  tx.insert('PIF', {
    host: below.host,
    MTU: tx.need('network', fields.network).MTU,
    metrics: below.metrics,
    physical: false,
    currently_attached: below.currently_attached,
    managed: below.managed,
    IPv6: [''],
    primary_address_type: below.primary_address_type,
    ...fields,
  });
