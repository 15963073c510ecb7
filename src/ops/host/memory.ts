// How much memory the host has left, as its metrics record says.

import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { timeText } from '../refs.ts';

/** Asks the hypervisor and writes it down. */
export const refreshHostMemory = async (services: Services): Promise<number> => {
  const info = await services.hypervisor.probe();
  await change(services.db, tx => {
    const { metrics } = tx.need('host', services.self.host);
    if (!tx.get('host_metrics', metrics)) return;
    tx.update('host_metrics', metrics, {
      memory_total: info.memoryTotalBytes,
      memory_free: info.memoryFreeBytes,
      live: true,
      last_updated: timeText(),
    });
  });
  return info.memoryFreeBytes;
};
