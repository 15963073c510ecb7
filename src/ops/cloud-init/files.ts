// The files of a cloud-init data disk (NoCloud): what the caller gave, checked, and the metadata and the network that it left out. Pure.

import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { networkConfig } from './network-config.ts';

const MAX_FILE_BYTES = 256 * 1024;

/** The arguments of the plugin that are files; cloud-init knows them by these names. */
export const fileNames = ['user-data', 'meta-data', 'network-config', 'vendor-data'] as const;

/** A name that may be a host's: letters, digits and hyphens of the VM's own. */
export const hostNameOf = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '')
    .toLowerCase();
  return plain === '' ? 'guest' : plain;
};

/** Throws INVALID_VALUE naming the file. */
export const seedFiles = (
  vm: Pick<RecordOf<'VM'>, 'uuid' | 'name_label'>,
  args: Readonly<Record<string, string>>,
  vifs: Parameters<typeof networkConfig>[0] = [],
): Readonly<Record<string, string>> => {
  const given = fileNames.flatMap(name => (args[name] === undefined ? [] : [[name, args[name]] as const]));
  for (const [name, text] of given) {
    if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw new XenError('INVALID_VALUE', [name, `longer than ${MAX_FILE_BYTES} bytes`]);
  }
  const userData = args['user-data'];
  if (userData === undefined || userData.trim() === '') throw new XenError('INVALID_VALUE', ['user-data', 'empty']);
  // cloud-init takes anything else for nothing at all, and says so in the guest's log only.
  if (!/^(#|Content-Type:|MIME-Version:|## template)/i.test(userData))
    throw new XenError('INVALID_VALUE', ['user-data', "its first line says what it is: '#cloud-config', or '#!' and an interpreter"]);
  // A guest goes through its first boot again when it sees another instance-id.
  const metadata = `instance-id: ${vm.uuid}\nlocal-hostname: ${hostNameOf(vm.name_label)}\n`;
  const network = networkConfig(vifs);
  return { 'meta-data': metadata, ...(network !== undefined && { 'network-config': network }), ...Object.fromEntries(given) };
};
