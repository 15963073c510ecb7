// A bond of the simulator: its members have the carrier of their interfaces, and the partner of one with LACP speaks it well.

import type { BondUplink } from '../desired.ts';
import type { PhysicalInterface } from '../../network.ts';
import type { BondStatus, LacpParty } from '../status.ts';

const flags = ['activity', 'aggregation', 'synchronized', 'collecting', 'distributing'];

export const simulatedBond = (uplink: BondUplink, interfaces: readonly PhysicalInterface[]): BondStatus => {
  const isUp = (device: string): boolean => interfaces.find(port => port.device === device)?.carrier === true;
  const first = uplink.members.find(({ device }) => isUp(device));
  const party = (systemId: string, portId: number): LacpParty => ({
    systemId,
    systemPriority: 65_534,
    portId,
    portPriority: 65_535,
    key: uplink.lacpAggregationKey ?? 1,
    flags,
  });
  return {
    pif: uplink.pif,
    device: uplink.device,
    mode: uplink.mode,
    lacp: uplink.mode !== 'lacp' ? 'off' : first === undefined ? 'configured' : 'negotiated',
    fallback: false,
    members: uplink.members.map(({ pif, device }, number) => ({
      pif,
      device,
      carrier: isUp(device),
      enabled: isUp(device) && (uplink.mode !== 'active-backup' || device === first?.device),
      active: device === first?.device,
      ...(uplink.mode === 'lacp' && {
        lacp: {
          state: isUp(device) ? ('current' as const) : ('defaulted' as const),
          attached: isUp(device),
          actor: party(uplink.mac, number + 1),
          partner: party(isUp(device) ? '02:00:00:00:00:fe' : '00:00:00:00:00:00', number + 1),
        },
      }),
    })),
  };
};
