// `lldp`: what the switches at the other ends of this host's links say of themselves, as JSON. The XenAPI has no field for it, so it is a
// plugin that any client may call; documented in docs/networking.md. Names are those of the wire.

import type { LinkNeighbour } from '../../drivers/network.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Call } from '../context.ts';

const neighbourJson = (pif: string | null, neighbour: LinkNeighbour): JsonObject => ({
  pif,
  device: neighbour.device,
  protocol: neighbour.protocol,
  system: neighbour.system,
  system_id: neighbour.systemId,
  description: neighbour.description,
  addresses: neighbour.addresses,
  port: neighbour.port,
  port_description: neighbour.portDescription,
  vlans: neighbour.vlans,
});

export const showNeighbours = async ({ services: { db, self, network } }: Call): Promise<string> => {
  const { neighbours, absent } = await network.neighbours();
  const uuids = new Map(
    db.referrers('PIF', 'host', self.host).flatMap(ref => {
      const { physical, device, uuid } = db.need('PIF', ref);
      return physical ? [[device, uuid] as const] : [];
    }),
  );
  return JSON.stringify({
    neighbours: neighbours.map(each => neighbourJson(uuids.get(each.device) ?? null, each)),
    absent: absent ?? null,
  });
};
