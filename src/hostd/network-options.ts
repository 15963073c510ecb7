// The settings of hostd that the network driver depends on, as options of another process that opens it: the watchdog of a trial, and the
// reset of the network, which finds them in a file since hostd may not run then.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../drivers/errno.ts';
import { readSettings, type Settings, type Surroundings, SYSTEM_STATE_DIR } from './settings.ts';

/** Where the package puts the settings of the machine's own host. */
const SYSTEM_CONFIG = '/etc/xcp/hostd.yaml';

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

const keptOf = (settings: Settings): Kept => ({
  options: networkOptions(settings),
  sockets: settings.listen.flatMap(address => (address.kind === 'unix' ? [address.path] : [])),
});

export const keepNetworkOptions = async (settings: Settings): Promise<void> => {
  const path = fileOf(settings.stateDir);
  const kept = keptOf(settings);
  await mkdir(join(settings.stateDir, 'network'), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
};

const readIfThere = async (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(each => typeof each === 'string');

/** Undefined for what no hostd has written: a disk that was full, a hand that slipped. */
const parseKept = (text: string): Kept | undefined => {
  try {
    const { options, sockets }: { readonly options?: unknown; readonly sockets?: unknown } = Object(JSON.parse(text));
    return isTexts(options) && isTexts(sockets) ? { options, sockets } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/** As hostd was last started, or where that cannot be read, as the machine's own would be; undefined where neither is known. */
export const keptNetworkOptions = async (stateDir: string, around: Surroundings): Promise<Kept | undefined> => {
  const text = await readIfThere(fileOf(stateDir));
  const kept = text === undefined ? undefined : parseKept(text);
  if (kept !== undefined || stateDir !== SYSTEM_STATE_DIR || (await readIfThere(SYSTEM_CONFIG)) === undefined) return kept;
  const settings = await readSettings(['--config', SYSTEM_CONFIG], around);
  return settings && keptOf(settings);
};
