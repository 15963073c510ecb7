// Brings up a recorded pool instead of a machine: the records are served as they were taken, and what is done to them from then on is done
// by the simulator. Loaded once per state directory; a later start goes on with what became of it.

import { replug } from '../boot/storage.ts';
import { findSelf } from '../boot/refresh.ts';
import type { Services } from '../context.ts';
import { startNetwork } from '../network/apply.ts';
import { type RunningOps, startWork } from '../start.ts';
import { startGuests } from './guests.ts';
import { loadPool } from './load.ts';
import type { RecordedPool } from './pool.ts';

const NAMESPACE = 'replay';
const KEY = 'guests-made';

export const startReplay = async (services: Services, pool: RecordedPool): Promise<RunningOps> => {
  const { db } = services;
  if (findSelf(services) === undefined) await loadPool(services, pool);
  Object.assign(services.self, findSelf(services));
  const asRecorded = db.doc(NAMESPACE, KEY) !== true;
  await startNetwork(services);
  await replug(services, { asRecorded });
  if (asRecorded) {
    await startGuests(services);
    await db.transaction(tx => tx.putDoc(NAMESPACE, KEY, true));
  }
  return await startWork(services, { asRecorded });
};
