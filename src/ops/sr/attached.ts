// Whether an SR can be used from this host now.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { SrDriver } from '../../drivers/storage.ts';
import { XenError } from '../../model/error.ts';
import type { Services } from '../context.ts';

export const isAttached = (db: Reader, sr: Ref<'SR'>): boolean =>
  db.need('SR', sr).PBDs.some(pbd => db.need('PBD', pbd).currently_attached);

/** Throws SR_HAS_NO_PBDS. */
export const assertSrAttached = (db: Reader, sr: Ref<'SR'>): void => {
  if (!isAttached(db, sr)) throw new XenError('SR_HAS_NO_PBDS', [sr]);
};

/** The driver of an SR. Throws SR_HAS_NO_PBDS, or SR_NOT_ATTACHED when its plug failed here. */
export const attachedDriver = (services: Services, sr: Ref<'SR'>): SrDriver => {
  assertSrAttached(services.db, sr);
  const driver = services.attachedSrs.get(services.db.need('SR', sr).uuid);
  if (!driver) throw new XenError('SR_NOT_ATTACHED', [sr]);
  return driver;
};
