// The host's own addresses on an interface: how it gets them, and what they are when they are given.

import { isIPv4, isIPv6 } from 'node:net';
import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf, RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { assertOwnAddresses } from '../network/own-addresses.ts';
import { recordAddresses } from '../network/record-addresses.ts';
import { isNeighbour, isNetmask } from './ipv4-rules.ts';

const invalid = (parameter: string): XenError => new XenError('INVALID_IP_ADDRESS_SPECIFIED', [parameter]);

const assertMayLose = (pif: RecordOf<'PIF'>, self: Ref<'PIF'>, mode: string, type: 'IPv4' | 'IPv6'): void => {
  if (mode === 'None' && pif.management && pif.primary_address_type === type) throw new XenError('PIF_IS_MANAGEMENT_INTERFACE', [self]);
};

const reconfigureIp = (tx: Tx, { self, mode, IP, netmask, gateway, DNS }: BoundParamsOf<'PIF.reconfigure_ip'>): void => {
  assertMayLose(tx.need('PIF', self), self, mode, 'IPv4');
  if (mode !== 'Static') {
    tx.update('PIF', self, { ip_configuration_mode: mode, IP: '', netmask: '', gateway: '', DNS: '' });
    return;
  }
  if (!isIPv4(IP)) throw invalid('IP');
  if (!isNetmask(netmask)) throw invalid('netmask');
  // A gateway that no neighbour can be is a route that the kernel refuses, and a host that is cut off.
  if (gateway !== '' && !(isIPv4(gateway) && isNeighbour(gateway, IP, netmask))) throw invalid('gateway');
  tx.update('PIF', self, { ip_configuration_mode: mode, IP, netmask, gateway, DNS });
};

const isIPv6Prefix = (text: string): boolean => {
  const [address = '', length = '', ...more] = text.split('/');
  return isIPv6(address) && /^\d{1,3}$/.test(length) && Number(length) <= 128 && more.length === 0;
};

const reconfigureIPv6 = (tx: Tx, { self, mode, IPv6, gateway, DNS }: BoundParamsOf<'PIF.reconfigure_ipv6'>): void => {
  assertMayLose(tx.need('PIF', self), self, mode, 'IPv6');
  if (IPv6 !== '' && !isIPv6Prefix(IPv6)) throw invalid('IPv6');
  if (gateway !== '' && !isIPv6(gateway)) throw invalid('gateway');
  const isStatic = mode === 'Static';
  tx.update('PIF', self, {
    ipv6_configuration_mode: mode,
    IPv6: isStatic && IPv6 !== '' ? [IPv6] : [],
    ipv6_gateway: isStatic ? gateway : '',
    ...(isStatic ? { DNS } : {}),
  });
};

/** Edits the addresses of an interface where they are ours to change. */
const readdress = async (call: Call, self: Ref<'PIF'>, edit: (tx: Tx) => void): Promise<void> => {
  const { db } = call.services;
  if (db.need('PIF', self).sriov_logical_PIF_of.length > 0) throw new XenError('PIF_IS_SRIOV_LOGICAL', [self]);
  await assertOwnAddresses(call.services);
  await changeNetwork(call, edit);
  if (db.need('PIF', self).management) await recordAddresses(call.services);
};

export const addressOps: OpsOf<'PIF'> = {
  reconfigure_ip: (call, params) => readdress(call, params.self, tx => reconfigureIp(tx, params)),
  reconfigure_ipv6: (call, params) => readdress(call, params.self, tx => reconfigureIPv6(tx, params)),
  set_primary_address_type: async (call, { self, primary_address_type }) => {
    await change(call.services.db, tx => tx.update('PIF', self, { primary_address_type }));
    await recordAddresses(call.services);
  },
};
