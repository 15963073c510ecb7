// By which addresses this host is managed, and when that may have changed: what the kernel has where the addresses are ours to give, else
// what the records say.

import { managementPif } from '../ops/host/management.ts';
import type { Services } from '../ops/context.ts';
import { addressesOfPif } from '../ops/network/host-ip.ts';
import type { ManagementSource } from './management-listener.ts';

const isLinkLocal = (address: string): boolean => /^fe[89ab][0-9a-f]:/i.test(address);

export const managementSource = (services: Services): ManagementSource => ({
  addresses: async () => {
    const { db, self, network } = services;
    const ref = managementPif(db, self.host);
    const pif = ref && db.get('PIF', ref);
    if (!pif) return [];
    const bridge = db.get('network', pif.network)?.bridge;
    const status = (await network.addresses()).find(each => each.bridge === bridge);
    const found = status ? [...status.ipv4, ...status.ipv6] : addressesOfPif(pif);
    return found.map(({ address }) => address).filter(address => !isLinkLocal(address));
  },
  onChange: listener => {
    const stops = [
      services.network.onEvent(event => {
        if (event.kind === 'addresses' || event.kind === 'repaired') listener();
      }),
      services.db.subscribe(({ changes }) => {
        if (changes.some(({ cls }) => cls === 'PIF')) listener();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  },
});
