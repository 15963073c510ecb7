// Virtual functions of the NIC behind an interface's record, with the XenAPI's errors.

import type { Ref } from '../../lib/brand.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import { XenError } from '../../model/error.ts';
import type { Services } from '../context.ts';

/** The NIC, which is of this host. */
export const deviceOf = ({ db, self }: Services, pif: Ref<'PIF'>): string => {
  const { host, device } = db.need('PIF', pif);
  if (host !== self.host) throw new XenError('HOST_OFFLINE', [host]);
  return device;
};

const failure = (code: 'NETWORK_SRIOV_ENABLE_FAILED' | 'NETWORK_SRIOV_DISABLE_FAILED', pif: Ref<'PIF'>, error: unknown): unknown =>
  error instanceof DriverError ? new XenError(code, [pif, error.message], { cause: error }) : error;

/** Whether there were none before. */
export const enableFunctions = async (services: Services, pif: Ref<'PIF'>): Promise<boolean> => {
  const { virtualFunctions } = services.network;
  const device = deviceOf(services, pif);
  try {
    const before = await virtualFunctions.status(device);
    await virtualFunctions.enable(device);
    return before?.enabled === 0;
  } catch (error) {
    throw failure('NETWORK_SRIOV_ENABLE_FAILED', pif, error);
  }
};

export const disableFunctions = async (services: Services, pif: Ref<'PIF'>): Promise<void> => {
  try {
    await services.network.virtualFunctions.disable(deviceOf(services, pif));
  } catch (error) {
    throw failure('NETWORK_SRIOV_DISABLE_FAILED', pif, error);
  }
};

/** The NIC whose functions the interface stands for; undefined for all other interfaces. */
export const physicalBelow = ({ db }: Services, pif: Ref<'PIF'>): Ref<'PIF'> | undefined => {
  const [sriov] = db.need('PIF', pif).sriov_logical_PIF_of;
  return sriov === undefined ? undefined : db.get('network_sriov', sriov)?.physical_PIF;
};
