// Opens the database and chooses the drivers, as the settings say and as the machine allows.

import { join } from 'node:path';
import type { Db } from '../db/db.ts';
import { openDb } from '../db/open.ts';
import { sqliteStore } from '../db/stores/sqlite.ts';
import type { HypervisorDriver } from '../drivers/hypervisor.ts';
import type { NetworkDriver } from '../drivers/network.ts';
import type { StorageDrivers } from '../drivers/storage.ts';
import type { Logger } from '../lib/logger.ts';
import { ops, peerMessages } from '../ops/registry.ts';
import { startOps } from '../ops/start.ts';
import type { Parts } from './compose.ts';
import { operationTable } from './dispatch/tables.ts';
import { type Settings, SYSTEM_STATE_DIR } from './settings.ts';

export const openParts = async (settings: Settings, log: Logger): Promise<Parts> => {
  if (settings.records !== undefined) return await replayParts(await openDatabase(settings, log), settings, settings.records);
  // Programs and a switch are asked: side by side, and while the database is read, since a start waits for them.
  const opening = openNetwork(settings, log);
  try {
    const [db, hypervisor, storage, network] = await Promise.all([
      openDatabase(settings, log),
      openHypervisor(settings, log),
      openStorage(settings, log),
      opening,
    ]);
    return { db, hypervisor, network, storage, ops: operationTable(ops), peerMessages, startOps };
  } catch (error) {
    // Else its connections would keep a process alive that cannot run.
    await opening.then(network => network.close()).catch(() => undefined); // the network is what failed
    throw error;
  }
};

const openDatabase = async (settings: Settings, log: Logger): Promise<Db> => {
  const store = await sqliteStore({ path: join(settings.stateDir, 'xcp.db') });
  return await openDb({ store, log: log.with({ part: 'db' }) });
};

/** A recorded pool with the simulator behind it. */
export const replayParts = async (db: Db, settings: Pick<Settings, 'stateDir'>, file: string): Promise<Parts> => {
  const { readRecordedPool } = await import('./records-file.ts');
  const { startReplay } = await import('../ops/replay/start.ts');
  const { simulatedOps } = await import('../ops/simulated/registry.ts');
  const { recordedMemory, recordedStorage } = await import('../ops/replay/machine.ts');
  const { createSimHypervisor } = await import('../drivers/hypervisor/sim/driver.ts');
  const { createSimNetwork } = await import('../drivers/network/sim/driver.ts');
  const { createSimStorages } = await import('../drivers/storage/sim/driver.ts');
  const { stateDir } = settings;
  const pool = await readRecordedPool(file);
  const memory = recordedMemory(pool);
  const { types, ...held } = recordedStorage(pool);
  return {
    db,
    hypervisor: createSimHypervisor({ stateDir, ...(memory && { memory }) }),
    network: createSimNetwork({ stateDir }),
    storage: new Map(createSimStorages(types, { stateDir, ...held }).map(driver => [driver.type, driver])),
    ops: operationTable(simulatedOps),
    peerMessages,
    startOps: services => startReplay(services, pool),
  };
};

const openHypervisor = async (settings: Settings, log: Logger): Promise<HypervisorDriver> => {
  const { stateDir, memoryBytes } = settings;
  if (settings.hypervisor === 'sim') {
    const { createSimHypervisor } = await import('../drivers/hypervisor/sim/driver.ts');
    return createSimHypervisor({ stateDir, ...(memoryBytes && { memory: { totalBytes: memoryBytes, reservedBytes: 0 } }) });
  }
  const { isControlDomain } = await import('../drivers/hypervisor/xen/control-domain.ts');
  if (settings.hypervisor === 'xen' || (settings.hypervisor === 'auto' && (await isControlDomain()))) {
    const { createXenDriver } = await import('../drivers/hypervisor/xen/driver.ts');
    return createXenDriver({ stateDir, log: log.with({ part: 'xen' }) });
  }
  const { createQemuDriver } = await import('../drivers/hypervisor/qemu/driver.ts');
  return createQemuDriver({ stateDir, memoryBytes, log: log.with({ part: 'qemu' }) });
};

export const openNetwork = async (settings: Settings, log: Logger): Promise<NetworkDriver> => {
  const { chooseNetwork } = await import('../drivers/network/choose.ts');
  const { stateDir, network: wanted, privateSwitch, nics } = settings;
  // Only the machine's own host has the well-known names; others, side by side with it, have names of their own.
  const privateNames = stateDir !== SYSTEM_STATE_DIR;
  const resolvConf = privateNames ? join(stateDir, 'resolv.conf') : '/etc/resolv.conf';
  const shared = { startPrivateSwitch: privateSwitch, nics, resolvConf, log: log.with({ part: 'network' }) };
  return chooseNetwork({ wanted, stateDir, privateNames, ...shared });
};

const openStorage = async (settings: Settings, log: Logger): Promise<StorageDrivers> => {
  if (settings.storage === 'sim') {
    const { createSimStorage } = await import('../drivers/storage/sim/driver.ts');
    const driver = createSimStorage({ stateDir: settings.stateDir });
    return new Map([[driver.type, driver]]);
  }
  const { createFileStorage } = await import('../drivers/storage/file/driver.ts');
  const { createIsoStorage } = await import('../drivers/storage/iso/driver.ts');
  const drivers = [createFileStorage({ runDir: join(settings.stateDir, 'run'), log: log.with({ part: 'storage' }) }), createIsoStorage()];
  return new Map(drivers.map(driver => [driver.type, driver]));
};
