// What of a desired state no switch could make: pure, so that the simulator fails where a real one does.

import { DriverError } from '../hypervisor.ts';
import { blamedFor, type HostedNetwork, type HostNetwork } from './desired.ts';

const devicesOf = ({ uplink }: HostedNetwork): readonly { readonly pif: string; readonly device: string }[] => {
  if (uplink.kind === 'nic') return [uplink];
  return uplink.kind === 'bond' ? uplink.members : [];
};

/** By the uuid of what is to blame: a bridge twice, a NIC twice, a VLAN without a bridge below it, a tag twice. */
export const impossible = ({ networks }: HostNetwork): ReadonlyMap<string, DriverError> => {
  const failures = new Map<string, DriverError>();
  const bridges = new Map(networks.map(network => [network.bridge, network]));
  const taken = new Map<string, string>();
  for (const network of networks) {
    const { bridge, uplink } = network;
    if (bridges.get(bridge) !== network) failures.set(blamedFor(network), new DriverError('exists', `there are two bridges ${bridge}`));
    for (const { pif, device } of devicesOf(network)) {
      const other = taken.get(device);
      if (other === undefined) taken.set(device, bridge);
      else failures.set(pif, new DriverError('in-use', `${device} is on the bridge ${other} already`));
    }
    if (uplink.kind !== 'vlan') continue;
    const parent = bridges.get(uplink.parent);
    if (parent === undefined || parent.uplink.kind === 'vlan')
      failures.set(uplink.pif, new DriverError('not-found', `VLAN ${uplink.tag} needs the bridge ${uplink.parent}, which is not there`));
    const key = `${uplink.parent} ${uplink.tag}`;
    const twin = taken.get(key);
    if (twin === undefined) taken.set(key, bridge);
    else failures.set(uplink.pif, new DriverError('exists', `VLAN ${uplink.tag} is on the bridge ${uplink.parent} already, as ${twin}`));
  }
  return failures;
};
