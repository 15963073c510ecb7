// What tests of whole Xen hosts need: the lab, and the shipped executable, on a disk that the hosts read.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExtraDisk, makeExtraDisk } from './extra-disk.ts';
import { missing } from './image.ts';

const dist = join(import.meta.dirname, '../../../../dist');
const DISK_MIB = 600;

/** Why no such test can run here, if so. */
export const missingForHosts = async (): Promise<string | undefined> => {
  const built = await access(join(dist, 'xcp')).then(
    () => true,
    () => false,
  );
  return (await missing()) ?? (built ? undefined : 'the executable is not built: npm run build');
};

export const executableDisk = (): Promise<ExtraDisk> => makeExtraDisk(dist, DISK_MIB);
