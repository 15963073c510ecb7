// `bond-status`: what the bonds of this host have negotiated, as JSON. The XenAPI has no field for it, so it is a plugin that any client
// may call; documented in docs/bonds.md. Names are those of the wire.

import type { BondMemberStatus, BondStatus, LacpParty } from '../../drivers/network.ts';
import { explainBond } from '../../drivers/network/explain-bond.ts';
import type { Reader } from '../../db/db.ts';
import type { JsonObject } from '../../lib/json.ts';
import { XenError } from '../../model/error.ts';
import type { Call } from '../context.ts';

const partyJson = ({ systemId, systemPriority, portId, portPriority, key, flags }: LacpParty): JsonObject => ({
  system_id: systemId,
  system_priority: systemPriority,
  port_id: portId,
  port_priority: portPriority,
  key,
  flags,
});

const memberJson = ({ pif, device, carrier, speedMbps, enabled, active, lacp }: BondMemberStatus): JsonObject => ({
  pif,
  device,
  carrier,
  speed_mbps: speedMbps ?? null,
  enabled,
  active,
  lacp: lacp
    ? {
        state: lacp.state,
        attached: lacp.attached,
        actor: partyJson(lacp.actor),
        partner: partyJson(lacp.partner),
        pdus: lacp.pdus ?? null,
      }
    : null,
});

const bondJson = (db: Reader, status: BondStatus): JsonObject => {
  const pif = db.byUuid('PIF', status.pif);
  const master = pif === undefined ? undefined : db.get('PIF', pif);
  const [bond] = master?.bond_master_of ?? [];
  return {
    bond: bond === undefined ? null : db.need('Bond', bond).uuid,
    pif: status.pif,
    device: status.device,
    mode: status.mode,
    lacp: status.lacp,
    fallback: status.fallback,
    links_up: status.members.filter(({ carrier }) => carrier).length,
    members: status.members.map(memberJson),
    advice: explainBond(status),
  };
};

/** `args.bond`: uuid of the only bond wanted. */
export const showBonds = async ({ services }: Call, args: Readonly<Record<string, string>>): Promise<string> => {
  const bonds = (await services.network.bonds()).map(status => bondJson(services.db, status));
  const wanted = args['bond'];
  if (wanted === undefined) return JSON.stringify(bonds);
  const found = bonds.filter(({ bond }) => bond === wanted);
  if (found.length === 0) throw new XenError('UUID_INVALID', ['Bond', wanted]);
  return JSON.stringify(found);
};
