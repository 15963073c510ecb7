// A later start: the records follow what has become of the machine since.

import type { Ref } from '../../lib/brand.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { levelPool } from '../host/cpu-features.ts';
import { timeText } from '../refs.ts';
import { cpuNumbers, type MachineFacts } from './facts.ts';
import { enabledAfter, hostFacts, syncCpus } from './host.ts';
import { syncInterfaces } from './networks.ts';
import { syncPci } from './pci.ts';
import { syncRoles } from './roles.ts';
import { syncDrivers } from './storage.ts';
import { addNewTemplates } from '../template/install.ts';

/** The host and pool of this database; undefined before the first start. */
export const findSelf = (services: Services): Services['self'] | undefined => {
  for (const [pool, record] of services.db.all('pool')) return { pool, host: record.master };
  return undefined;
};

export const refreshFacts = async (services: Services, host: Ref<'host'>, facts: MachineFacts): Promise<void> => {
  const numbers = await cpuNumbers();
  await change(services.db, tx => {
    const before = tx.need('host', host);
    tx.update('host', host, { ...hostFacts(facts, numbers, before.other_config), enabled: enabledAfter(before, facts) });
    tx.update('host_metrics', before.metrics, {
      memory_total: facts.hypervisor.memoryTotalBytes,
      memory_free: facts.hypervisor.memoryFreeBytes,
      live: true,
      last_updated: timeText(),
    });
    levelPool(services, tx);
    syncRoles(tx);
    syncDrivers(tx, services.storage);
    addNewTemplates(tx, services.self.pool);
    syncCpus(tx, host, facts, numbers);
    syncPci(tx, host, facts.pci);
    syncInterfaces(tx, host, facts.interfaces, facts.network);
  });
};
