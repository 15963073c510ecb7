// Bridges on the switch for the networks of the database.

import type { Services } from '../context.ts';

/** The network of a bridge is on the switch of this host. Idempotent. */
export const ensureBridgeOf = async (services: Services, bridge: string): Promise<void> => {
  for (const [, network] of services.db.all('network')) {
    if (network.bridge !== bridge) continue;
    await services.network.ensureBridge({ bridge, networkId: network.uuid, mtu: network.MTU });
    return;
  }
};
