// Storage at start: SM records for the drivers, the local SR of a new host, the plugging of what was plugged.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { StorageDriver, StorageDrivers } from '../../drivers/storage.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { freshUuid } from '../refs.ts';
import { attachSr } from '../sr/create.ts';
import { refreshSr } from '../sr/sizes.ts';

const smOf = ({ type, info }: StorageDriver): Partial<RecordOf<'SM'>> => ({
  name_label: info.label,
  name_description: info.description,
  type,
  vendor: info.vendor,
  version: info.version,
  required_api_version: '1.0',
  configuration: info.configuration,
  capabilities: info.features,
  features: Object.fromEntries(info.features.map(feature => [feature, 1])),
  supported_image_formats: ['qcow2', 'raw'],
});

/** One SM record per driver; those of drivers that are gone go. */
export const syncDrivers = (tx: Tx, drivers: StorageDrivers): void => {
  const have = new Map([...tx.all('SM')].map(([ref, sm]) => [sm.type, ref]));
  for (const driver of drivers.values()) {
    const ref = have.get(driver.type);
    if (ref === undefined) tx.insert('SM', smOf(driver));
    else tx.update('SM', ref, smOf(driver));
  }
  for (const [type, ref] of have) if (!drivers.has(type)) tx.delete('SM', ref);
};

/** The driver a new host keeps its disks with. */
const localDriver = (drivers: StorageDrivers): StorageDriver | undefined => drivers.get('file') ?? [...drivers.values()][0];

export interface LocalSr {
  readonly uuid: string;
  readonly type: string;
  readonly deviceConfig: Readonly<Record<string, string>>;
}

/** Formats the local SR of a new host, or finds the one that an interrupted first start made. */
export const prepareLocalSr = async (services: Services): Promise<LocalSr | undefined> => {
  const driver = localDriver(services.storage);
  if (!driver) return undefined;
  const location = join(services.settings.stateDir, 'sr');
  await mkdir(location, { recursive: true });
  const deviceConfig = { location };
  const found = (await driver.probe(deviceConfig)).find(probe => probe.sr !== undefined)?.sr;
  const uuid = found?.id ?? freshUuid();
  if (!found) await driver.create(uuid, deviceConfig, { name: 'Local storage', description: '' });
  return { uuid, type: driver.type, deviceConfig };
};

export const insertLocalSr = (tx: Tx, host: Ref<'host'>, local: LocalSr): Ref<'SR'> => {
  const sr = tx.insert('SR', { uuid: local.uuid, name_label: 'Local storage', type: local.type, content_type: 'user', shared: false });
  tx.insert('PBD', { host, SR: sr, device_config: local.deviceConfig, currently_attached: true });
  return sr;
};

/** Plugs again what was plugged when the last hostd ended. What fails is unplugged, with the reason in the log. `asRecorded`: sizes stay. */
export const replug = async (services: Services, options: { readonly asRecorded?: boolean } = {}): Promise<void> => {
  const { db, self } = services;
  for (const ref of Array.from(db.referrers('PBD', 'host', self.host))) {
    const pbd = db.need('PBD', ref);
    const sr = isNullRef(pbd.SR) ? undefined : db.get('SR', pbd.SR);
    if (!pbd.currently_attached || !sr) continue;
    try {
      await attachSr(services, sr.uuid, sr.type, pbd.device_config);
      if (options.asRecorded !== true) await refreshSr(services, pbd.SR);
    } catch (error) {
      services.log.error('a storage repository could not be attached', { sr: sr.uuid, name: sr.name_label, error });
      await change(db, tx => tx.update('PBD', ref, { currently_attached: false }));
    }
  }
};
