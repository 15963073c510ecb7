// Bridges on the switch for the networks of the database, when a guest needs one.

import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { Services } from '../context.ts';
import { plugPif } from '../pif/plug.ts';
import { changeNetwork } from './change.ts';
import { possibleMtu } from './mtu.ts';

/** The network is on the switch of this host: with its interface, plugged if need be, or else as a bridge of its own. Idempotent. */
export const attachNetwork = async (services: Services, ref: Ref<'network'>): Promise<void> => {
  const network = services.db.need('network', ref);
  const own = network.PIFs.find(each => services.db.need('PIF', each).host === services.self.host);
  const pif = own && services.db.need('PIF', own);
  if (pif && pif.sriov_logical_PIF_of.length > 0)
    throw new XenError('OPERATION_NOT_ALLOWED', [
      `the network '${network.name_label}' is one of virtual functions (SR-IOV), which this version cannot hand to guests: give the VM another network`,
    ]);
  // Nothing of a bond's member is on the switch but the bond.
  if (!own || !pif?.managed || services.db.get('Bond', pif.bond_slave_of)) {
    await services.network.ensureBridge({ bridge: network.bridge, networkId: network.uuid, mtu: possibleMtu(network.MTU) });
    return;
  }
  if (!pif.currently_attached) await changeNetwork({ services, origin: { isLocal: true } }, tx => plugPif(tx, own));
};

/** The same for the network of a bridge. */
export const ensureBridgeOf = async (services: Services, bridge: string): Promise<void> => {
  for (const [ref, network] of services.db.all('network')) {
    if (network.bridge !== bridge) continue;
    await attachNetwork(services, ref);
    return;
  }
};
