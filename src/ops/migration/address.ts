// The address under which migration streams reach this host over one of its networks.

import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { Services } from '../context.ts';

/**
 * The host's setting for its management network, the interface's own address for others. Throws HOST_CANNOT_ATTACH_NETWORK when the
 * host is not on the network and INTERFACE_HAS_NO_IP when it has no address there.
 */
export function migrationAddress({ db, self, settings }: Pick<Services, 'db' | 'self' | 'settings'>, network: Ref<'network'>): string {
  const pif = db
    .need('network', network)
    .PIFs.map(ref => ({ ref, record: db.need('PIF', ref) }))
    .find(each => each.record.host === self.host);
  if (pif === undefined) throw new XenError('HOST_CANNOT_ATTACH_NETWORK', [self.host, network]);
  if (pif.record.management) return settings.migrationAddress;
  const address = pif.record.IP || pif.record.IPv6[0]?.split('/')[0];
  if (!address) throw new XenError('INTERFACE_HAS_NO_IP', [pif.ref]);
  return address;
}
