// Storage driver `iso`: an SR is a directory of CD images (device-config:location), on a local disk or a share that is mounted there.

import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { errnoOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import type { StorageDriver } from '../../storage.ts';
import { openIsoSr } from './sr.ts';

type DeviceConfig = Readonly<Record<string, string>>;

const locationOf = async (config: DeviceConfig): Promise<string> => {
  const { location } = config;
  if (location === undefined || !isAbsolute(location))
    throw new DriverError('bad-config', 'device-config:location names the directory of the CD images, from the root on');
  try {
    if ((await stat(location)).isDirectory()) return resolve(location);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  throw new DriverError('bad-config', `${location} is no directory of this host: make it, or mount the share there`);
};

export const createIsoStorage = (): StorageDriver => ({
  type: 'iso',
  info: {
    label: 'ISO',
    description: 'CD images as files in a directory of the host',
    vendor: 'xcp',
    version: '1.0',
    features: ['SR_PROBE', 'VDI_ATTACH', 'VDI_DETACH'],
    configuration: { location: 'absolute path of the directory' },
    requiredConfig: ['location'],
  },
  async probe(config) {
    const location = await locationOf(config);
    // The directory does not know whose it is.
    return [{ configuration: { location }, complete: true }];
  },
  async create(_id, config) {
    await locationOf(config);
  },
  attach: async (id, config) => openIsoSr(id, await locationOf(config)),
  /** The files are their owner's. */
  destroy: async () => undefined,
});
