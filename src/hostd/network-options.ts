// The settings of hostd that the network driver depends on, as options of another process that opens it: the watchdog of a trial, and the
// reset of the network, which finds them in a file since hostd may not run then.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../drivers/errno.ts';
import type { Settings } from './settings.ts';

export const networkOptions = ({ stateDir, network, privateSwitch, nics }: Settings): readonly string[] => [
  ...['--state-dir', stateDir, '--network', network],
  ...(privateSwitch ? ['--private-switch'] : []),
  ...(typeof nics === 'string' ? [nics] : nics).flatMap(nic => ['--nics', nic]),
];

interface Kept {
  readonly options: readonly string[];
  /** The unix sockets that hostd listens on. */
  readonly sockets: readonly string[];
}

const fileOf = (stateDir: string): string => join(stateDir, 'network', 'hostd.json');

export const keepNetworkOptions = async (settings: Settings): Promise<void> => {
  const path = fileOf(settings.stateDir);
  const sockets = settings.listen.flatMap(address => (address.kind === 'unix' ? [address.path] : []));
  const kept: Kept = { options: networkOptions(settings), sockets };
  await mkdir(join(settings.stateDir, 'network'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
};

/** As hostd was last started; undefined where it never was. */
export const keptNetworkOptions = async (stateDir: string): Promise<Kept | undefined> => {
  const text = await readFile(fileOf(stateDir), 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
};
