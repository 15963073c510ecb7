// The messages of the class PIF, as far as the network driver reaches.

import { syncInterfaces } from '../boot/networks.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { ensureBridgeOf } from '../network/bridge.ts';
import { setter } from '../fields.ts';

export const pifOps: OpsOf<'PIF'> = {
  scan: async (call, { host }) => {
    const { services } = call;
    services.db.need('host', host);
    const ports = await services.network.interfaces();
    await change(services.db, tx => syncInterfaces(tx, host, ports));
  },
  plug: async (call, { self }) => {
    const { services } = call;
    const pif = services.db.need('PIF', self);
    await ensureBridgeOf(services, services.db.need('network', pif.network).bridge);
    await change(services.db, tx => tx.update('PIF', self, { currently_attached: true }));
  },
  set_disallow_unplug: setter('PIF', 'disallow_unplug'),
};
