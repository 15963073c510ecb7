// The port that a network's uplink is on its bridge: a NIC, a bond of NICs, tunnels. Pure, from the wish to columns.

import type { BondUplink, HostedNetwork, TunnelUplink } from '../desired.ts';
import type { PortSpec } from './draft.ts';
import type { Names } from './names.ts';
import { roleKey } from './owner.ts';
import type { Columns } from './rows.ts';

/** Of a port that is no bond: what another use of the name, or a hand, may have left. */
export const noBond: Columns = { bond_mode: null, lacp: null, bond_updelay: 0, bond_downdelay: 0 };
/** An uplink carries every VLAN, and reaches every port. */
const trunk: Columns = { tag: null, vlan_mode: null, fake_bridge: false, protected: false };

export const nicPort = (device: string, mtu: number, externalIds: Readonly<Record<string, string>>): PortSpec => ({
  name: device,
  columns: { ...noBond, ...trunk, external_ids: { ...externalIds, [roleKey]: 'uplink' } },
  interfaces: [{ name: device, columns: { mtu_request: mtu, other_config: { 'lacp-aggregation-key': null } } }],
});

/** How flows are spread: over TCP and UDP ports needs a partner that speaks LACP; by source address works with any. */
const bondMode = ({ mode, hashing }: BondUplink): string => {
  if (mode !== 'lacp') return mode;
  return hashing === 'tcpudp_ports' ? 'balance-tcp' : 'balance-slb';
};

/** `members`: those of the uplink's that may be used. */
export const bondPort = (
  name: string,
  uplink: BondUplink,
  members: readonly string[],
  mtu: number,
  externalIds: Readonly<Record<string, string>>,
): PortSpec => {
  const speaksLacp = uplink.mode === 'lacp';
  return {
    name,
    columns: {
      ...trunk,
      bond_mode: bondMode(uplink),
      lacp: speaksLacp ? 'active' : 'off',
      bond_updelay: uplink.upDelayMs ?? 0,
      bond_downdelay: uplink.downDelayMs ?? 0,
      other_config: {
        'lacp-time': speaksLacp ? uplink.lacpTime : null,
        'lacp-fallback-ab': speaksLacp ? String(uplink.lacpFallback) : null,
        // The partner then sees one system, whichever member the bond's address was taken from.
        'lacp-system-id': speaksLacp ? uplink.mac : null,
        'bond-rebalance-interval': uplink.rebalanceIntervalMs === undefined ? null : String(uplink.rebalanceIntervalMs),
        'bond-detect-mode': 'carrier',
      },
      external_ids: { ...externalIds, [roleKey]: 'uplink', 'xcp-bond': uplink.device },
    },
    interfaces: members.map(member => ({
      name: member,
      columns: {
        mtu_request: mtu,
        other_config: {
          'lacp-aggregation-key': speaksLacp && uplink.lacpAggregationKey !== undefined ? String(uplink.lacpAggregationKey) : null,
        },
      },
    })),
  };
};

/** One port for each other host. They do not forward to each other: every host reaches every other directly, and frames would go round. */
export const tunnelPorts = (
  names: Names,
  { bridge }: HostedNetwork,
  uplink: TunnelUplink,
  externalIds: Readonly<Record<string, string>>,
): readonly PortSpec[] =>
  uplink.remotes.map(remote => {
    const name = names.tunnel(bridge, remote);
    return {
      name,
      columns: { ...noBond, ...trunk, protected: true, external_ids: { ...externalIds, [roleKey]: 'uplink' } },
      interfaces: [
        {
          name,
          columns: {
            type: uplink.protocol,
            options: { remote_ip: remote, key: String(uplink.key), local_ip: uplink.local ?? null },
          },
        },
      ],
    };
  });
