// The network of a guest at its first boot, from what `VIF.configure_ipv4` and `configure_ipv6` said: the file `network-config` of cloud-init
// (version 2), which is JSON since that is YAML too. Interfaces are told apart by their MAC addresses. Pure.

import type { RecordOf } from '../../model/index.ts';

type Vif = Pick<
  RecordOf<'VIF'>,
  | 'device'
  | 'MAC'
  | 'MTU'
  | 'ipv4_configuration_mode'
  | 'ipv4_addresses'
  | 'ipv4_gateway'
  | 'ipv6_configuration_mode'
  | 'ipv6_addresses'
  | 'ipv6_gateway'
>;

const isFixed = (vif: Vif): boolean => vif.ipv4_configuration_mode === 'Static' || vif.ipv6_configuration_mode === 'Static';

const entryOf = (vif: Vif): Readonly<Record<string, unknown>> => {
  const [v4, v6] = [vif.ipv4_configuration_mode === 'Static', vif.ipv6_configuration_mode === 'Static'];
  return {
    match: { macaddress: vif.MAC.toLowerCase() },
    // As a guest does by itself where nothing was said.
    dhcp4: !v4,
    ...(v6 && { dhcp6: false, 'accept-ra': false }),
    addresses: [...(v4 ? vif.ipv4_addresses : []), ...(v6 ? vif.ipv6_addresses : [])],
    ...(v4 && vif.ipv4_gateway !== '' && { gateway4: vif.ipv4_gateway }),
    ...(v6 && vif.ipv6_gateway !== '' && { gateway6: vif.ipv6_gateway }),
  };
};

/** Undefined where no interface has a fixed address: the guest then does as it does. */
export const networkConfig = (vifs: readonly Vif[]): string | undefined => {
  if (!vifs.some(isFixed)) return undefined;
  const ethernets = Object.fromEntries(vifs.map(vif => [`vif${vif.device}`, entryOf(vif)]));
  return `${JSON.stringify({ version: 2, ethernets }, undefined, 1)}\n`;
};
