// The first start on a machine: everything a pool of one host consists of, in one transaction.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { changing } from '../change.ts';
import type { Services } from '../context.ts';
import { poolCpuInfo } from '../host/cpu-features.ts';
import { insertTemplates } from '../template/install.ts';
import { cpuNumbers, type MachineFacts } from './facts.ts';
import { insertControlDomain, insertHost, syncCpus } from './host.ts';
import { insertInternalNetwork, syncInterfaces } from './networks.ts';
import { syncPci } from './pci.ts';
import { syncRoles } from './roles.ts';
import { insertLocalSr, type LocalSr, prepareLocalSr, syncDrivers } from './storage.ts';

const restrictions = { restrict_storage_xen_motion: 'false', restrict_xen_motion: 'false', restrict_vif_locking: 'false' };

const insertPool = (tx: Tx, host: Ref<'host'>, sr: Ref<'SR'> | undefined): Ref<'pool'> => {
  const srs = sr === undefined ? {} : { default_SR: sr, suspend_image_SR: sr, crash_dump_SR: sr };
  return tx.insert('pool', {
    master: host,
    ...srs,
    other_config: { 'memory-ratio-hvm': '0.25', 'memory-ratio-pv': '0.25' },
    restrictions,
    ha_cluster_stack: 'xhad',
    cpu_info: poolCpuInfo([tx.need('host', host).cpu_info]),
    ext_auth_cache_enabled: false,
  });
};

const fill = (
  services: Services,
  tx: Tx,
  facts: MachineFacts,
  numbers: Awaited<ReturnType<typeof cpuNumbers>>,
  local: LocalSr | undefined,
): Services['self'] => {
  syncRoles(tx);
  syncDrivers(tx, services.storage);
  const host = insertHost(services, tx, facts, numbers);
  const sr = local && insertLocalSr(tx, host, local);
  const pool = insertPool(tx, host, sr);
  syncCpus(tx, host, facts, numbers);
  tx.update('host', host, { control_domain: insertControlDomain(services, tx, host, facts) });
  syncPci(tx, host, facts.pci);
  syncInterfaces(tx, host, facts.interfaces, facts.network);
  insertInternalNetwork(tx);
  insertTemplates(tx, pool);
  return { host, pool };
};

export const firstBoot = async (services: Services, facts: MachineFacts): Promise<Services['self']> => {
  const local = await prepareLocalSr(services);
  const numbers = await cpuNumbers();
  return services.db.transaction(tx => changing(tx, inner => fill(services, inner, facts, numbers, local)));
};
