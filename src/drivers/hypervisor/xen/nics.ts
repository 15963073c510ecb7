// A guest's network cards as xl writes them. The script that Xen's tools call for a card is our own: the port is on the switch already when
// the domain comes, under the name of a device that holds its place.

import { DriverError, type NicSpec } from '../../hypervisor.ts';
import type { DomainKind } from './kind.ts';
import type { XenPaths } from './paths.ts';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** One entry of `vif`, or the arguments of `xl network-attach` joined. */
export const nicText = (nic: NicSpec, kind: DomainKind, paths: Pick<XenPaths, 'vifScript'>): string => {
  if (!MAC.test(nic.mac)) throw new DriverError('bad-config', `"${nic.mac}" is no MAC address`);
  const { attachment } = nic;
  if (attachment.kind === 'user') {
    throw new DriverError('unsupported', 'a guest on Xen is connected through a switch; user-mode networking is QEMU’s alone');
  }
  return [
    ...(kind === 'hvm' ? ['type=vif'] : []),
    `mac=${nic.mac.toLowerCase()}`,
    `mtu=${nic.mtu}`,
    `script=${paths.vifScript}`,
    ...(attachment.kind === 'tap' ? [`vifname=${attachment.ifname}`] : []),
  ].join(',');
};
