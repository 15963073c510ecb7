// The sizes in an SR's record, taken from its driver after everything that may have changed them.

import type { Ref } from '../../lib/brand.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';

/** Never fails: sizes that cannot be read stay as they are, and the log says so. */
export const refreshSr = async (services: Services, ref: Ref<'SR'>): Promise<void> => {
  const sr = services.db.get('SR', ref);
  const driver = sr && services.attachedSrs.get(sr.uuid);
  if (!sr || !driver) return;
  try {
    const stat = await driver.stat();
    await change(services.db, tx => {
      if (!tx.get('SR', ref)) return;
      tx.update('SR', ref, {
        physical_size: stat.physicalSizeBytes,
        physical_utilisation: stat.physicalUtilisationBytes,
        virtual_allocation: stat.virtualAllocationBytes,
      });
    });
  } catch (error) {
    services.log.warn('could not read the sizes of a storage repository', { sr: sr.uuid, error });
  }
};
