// What others gave the host (DHCP servers, routers) goes into its records, and the address by which it is managed.

import type { Tx } from '../../db/db.ts';
import type { HostAddressStatus } from '../../drivers/network.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { trialRecord } from './trial/record.ts';

type Pif = RecordOf<'PIF'>;

const netmaskOf = (prefixLength: number): string =>
  [24, 16, 8, 0].map(shift => Math.floor((2 ** 32 - 2 ** (32 - prefixLength)) / 2 ** shift) % 256).join('.');

const gotFields = (pif: Pif, status: HostAddressStatus): Partial<Pif> => {
  const [ipv4] = status.ipv4;
  const isGiven = pif.ipv6_configuration_mode === 'Autoconf' || pif.ipv6_configuration_mode === 'DHCP';
  const dns = pif.ip_configuration_mode === 'DHCP' || (isGiven && pif.ip_configuration_mode === 'None');
  return {
    ...(pif.ip_configuration_mode === 'DHCP' && {
      IP: ipv4?.address ?? '',
      netmask: ipv4 ? netmaskOf(ipv4.prefixLength) : '',
      gateway: status.ipv4Gateway ?? '',
    }),
    ...(isGiven && {
      IPv6: status.ipv6.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
      ipv6_gateway: status.ipv6Gateway ?? '',
    }),
    ...(dns && { DNS: status.dns.join(',') }),
  };
};

const withoutLeaving = (status: HostAddressStatus, leaving: ReadonlySet<string>): HostAddressStatus => ({
  ...status,
  ipv4: status.ipv4.filter(({ address }) => !leaving.has(address)),
  ipv6: status.ipv6.filter(({ address }) => !leaving.has(address)),
});

const primaryAddress = (pif: Pif): string => {
  const ipv6 = pif.IPv6[0]?.split('/')[0] ?? '';
  return pif.primary_address_type === 'IPv6' ? ipv6 || pif.IP : pif.IP || ipv6;
};

const record = (tx: Tx, services: Services, statuses: readonly HostAddressStatus[]): void => {
  const leaving = new Set(Object.values(trialRecord(tx)?.leaving ?? {}).flatMap(list => list.map(({ address }) => address)));
  const byBridge = new Map(statuses.map(status => [status.bridge, withoutLeaving(status, leaving)]));
  for (const ref of tx.referrers('PIF', 'host', services.self.host)) {
    const pif = tx.need('PIF', ref);
    const status = byBridge.get(tx.get('network', pif.network)?.bridge ?? '');
    if (status) tx.update('PIF', ref, gotFields(pif, status));
    const address = primaryAddress(tx.need('PIF', ref));
    if (pif.management && address !== '') tx.update('host', services.self.host, { address });
  }
};

/** Idempotent; changes nothing where the host's addresses are not the driver's. */
export const recordAddresses = async (services: Services): Promise<void> => {
  const statuses = await services.network.addresses();
  await change(services.db, tx => record(tx, services, statuses));
};
