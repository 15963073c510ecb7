// The TLS material of one transfer as QEMU wants it: a directory of PEM files, readable by this user alone, gone with the transfer.
// Keys are never arguments of a process. QEMU's own sanity check is off because it wants the file of authorities to vouch for our
// certificate too, while here it holds the peer's authority alone.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationTls } from '../../hypervisor.ts';
import { qemuTlsFiles } from '../../qemu-tls.ts';

export interface TlsFiles extends AsyncDisposable {
  /** Value of an `--object` option that makes the credentials under the id `tls`. */
  readonly object: string;
}

/** Commas separate QEMU's options; one within a value is doubled. */
export const optionValue = (text: string): string => text.replaceAll(',', ',,');

export const writeTlsFiles = async (runDir: string, endpoint: 'server' | 'client', tls: MigrationTls): Promise<TlsFiles> => {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const dir = await mkdtemp(join(runDir, 'tls-'));
  for (const [name, text] of qemuTlsFiles(endpoint, tls)) await writeFile(join(dir, name), text, { mode: 0o600, flag: 'wx' });
  return {
    object: `tls-creds-x509,id=tls,endpoint=${endpoint},verify-peer=on,sanity-check=off,dir=${optionValue(dir)}`,
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
};
