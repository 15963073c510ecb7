// The messages of the class network_sriov: a NIC's virtual functions, as a network of their own. The kernel has the functions first, then the
// records say so; a start gives back what a reboot took. Guests cannot be given one by this version: their start says so.
//
//   create   checks ─► functions enabled ─► one transaction: interface above, record      destroy   records go ─► functions disabled

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { messageOf } from '../../drivers/errno.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { assertUnpluggable } from '../pif/plug.ts';
import { assertNotConnected, insertVirtualPif } from '../pif/rules.ts';
import { deviceOf, disableFunctions, enableFunctions } from './functions.ts';

/** What other hosts have on the network must be of the same kind: a guest that moves finds what it had. */
const assertCompatible = (db: Reader, pif: Ref<'PIF'>, network: Ref<'network'>): void => {
  const { PIFs: others, VIFs: vifs } = db.need('network', network);
  const kindOf = (ref: Ref<'PIF'>): string => {
    const metrics = db.get('PIF_metrics', db.need('PIF', ref).metrics);
    return `${metrics?.vendor_id ?? ''}:${metrics?.device_id ?? ''}`;
  };
  for (const other of others) {
    if (db.need('PIF', other).sriov_logical_PIF_of.length === 0) throw new XenError('NETWORK_INCOMPATIBLE_WITH_SRIOV', [network]);
    if (kindOf(other) !== kindOf(pif)) throw new XenError('NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS', [pif, network]);
  }
  const used = vifs.find(vif => db.need('VIF', vif).currently_attached);
  if (used !== undefined) throw new XenError('VIF_IN_USE', [network, used]);
};

const assertPossible = (db: Reader, pif: Ref<'PIF'>, network: Ref<'network'>): void => {
  const record = db.need('PIF', pif);
  if (!db.need('network', network).managed) throw new XenError('NETWORK_UNMANAGED', [network]);
  if (!record.managed) throw new XenError('PIF_UNMANAGED', [pif]);
  if (!record.physical || !isNullRef(record.VLAN_master_of)) throw new XenError('PIF_IS_NOT_PHYSICAL', [pif]);
  if (record.sriov_physical_PIF_of.length > 0) throw new XenError('NETWORK_SRIOV_ALREADY_ENABLED', [pif]);
  if (!record.capabilities.includes('sriov')) throw new XenError('PIF_IS_NOT_SRIOV_CAPABLE', [pif]);
  assertNotConnected(db, network, record.host);
  assertCompatible(db, pif, network);
};

const create = async ({ services }: Call, pif: Ref<'PIF'>, network: Ref<'network'>): Promise<Ref<'network_sriov'>> => {
  const { db, network: driver, log } = services;
  assertPossible(db, pif, network);
  const device = deviceOf(services, pif);
  const wereNone = await enableFunctions(services, pif);
  try {
    return await change(db, tx => {
      assertPossible(tx, pif, network);
      const below = tx.need('PIF', pif);
      const logical = insertVirtualPif(tx, below, { device, network, MAC: below.MAC, VLAN: -1, currently_attached: true });
      return tx.insert('network_sriov', {
        physical_PIF: pif,
        logical_PIF: logical,
        requires_reboot: false,
        configuration_mode: 'sysfs',
      });
    });
  } catch (error) {
    if (wereNone)
      await driver.virtualFunctions
        .disable(device)
        .catch((left: unknown) => log.warn('virtual functions are left enabled', { device, error: left }));
    throw error;
  }
};

const destroy = async ({ services }: Call, self: Ref<'network_sriov'>): Promise<void> => {
  const { db } = services;
  const { physical_PIF: pif, logical_PIF: logical } = db.need('network_sriov', self);
  assertUnpluggable(db, logical);
  await disableFunctions(services, pif);
  await change(db, tx => {
    tx.delete('network_sriov', self);
    if (tx.get('PIF', logical)) tx.delete('PIF', logical);
  });
};

const remainingCapacity = async ({ services }: Call, self: Ref<'network_sriov'>): Promise<number> => {
  const { physical_PIF: pif, logical_PIF: logical } = services.db.need('network_sriov', self);
  if (services.db.get('PIF', logical)?.currently_attached !== true) return 0;
  return (await services.network.virtualFunctions.status(deviceOf(services, pif)))?.free ?? 0;
};

export const networkSriovOps: OpsOf<'network_sriov'> = {
  create: (call, { pif, network }) => create(call, pif, network),
  destroy: (call, { self }) => destroy(call, self),
  get_remaining_capacity: (call, { self }) => remainingCapacity(call, self),
};

/** At a start: the kernel has forgotten the functions if the machine was started anew. */
export const enableVirtualFunctions = async ({ db, self, network, log }: Services): Promise<void> => {
  for (const [, { physical_PIF: pif, logical_PIF: logical }] of db.all('network_sriov')) {
    const record = db.get('PIF', pif);
    if (record?.host !== self.host || db.get('PIF', logical)?.currently_attached !== true) continue;
    try {
      await network.virtualFunctions.enable(record.device);
    } catch (error) {
      log.error('the virtual functions of a NIC could not be enabled', { device: record.device, reason: messageOf(error) });
    }
  }
};
