// The files that cloud-init reads at a guest's first boot: read here, put on a disk by the server.

import { open } from 'node:fs/promises';
import type { Ref } from '../../../lib/brand.ts';
import { XenError } from '../../../model/error.ts';
import { systemCode } from '../../../client/errors.ts';
import type { Session } from '../../../client/session.ts';
import type { Args } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import { uuidOf } from '../../lookup.ts';

export type FirstBootFiles = Readonly<Record<string, string>>;

const MAX_BYTES = 256 * 1024;

const read = async (param: string, path: string): Promise<string> => {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > MAX_BYTES) throw new CommandError(`${param}: ${path} has ${size} bytes; cloud-init gets at most ${MAX_BYTES}`);
    return await file.readFile('utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new CommandError(`${param}: ${path} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code}`, { cause: error });
  }
};

/** The files that were named; read before anything is made. */
export const firstBootFiles = async (args: Args): Promise<FirstBootFiles | undefined> => {
  const [userData, network] = [args.get('user-data'), args.get('network-config')];
  if (userData === undefined) {
    if (network === undefined) return undefined;
    throw new CommandError("'network-config' is read by cloud-init, which wants 'user-data' beside it");
  }
  const files = { 'user-data': await read('user-data', userData) };
  return network === undefined ? files : { ...files, 'network-config': await read('network-config', network) };
};

/** A disk with the files for a VM that has not been started. */
export const giveSeed = async (session: Session, vm: Ref<'VM'>, sr: Ref<'SR'> | undefined, files: FirstBootFiles): Promise<void> => {
  const args = { ...files, vm: await uuidOf(session, 'VM', vm), ...(sr !== undefined && { sr: await uuidOf(session, 'SR', sr) }) };
  const [host] = await session.call('host.get_all', {});
  if (host === undefined) throw new CommandError('The server has no host');
  try {
    await session.call('host.call_plugin', { host, plugin: 'cloud-init', fn: 'seed', args });
  } catch (error) {
    if (!(error instanceof XenError && error.code === 'XENAPI_MISSING_PLUGIN')) throw error;
    throw new CommandError('This server makes no disks for cloud-init: leave out user-data', { cause: error });
  }
};
