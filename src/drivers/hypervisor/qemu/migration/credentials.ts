// TLS of one migration in QEMU: the credentials object of this side. The keys go through files of the guest's own directory, which
// are gone again as soon as QEMU has read them; they are never part of a command line, a command or a log.
//
// QEMU's own check that a certificate fits the authority beside it is off: here that authority is the peer's, by which only the peer is
// judged. The peer is verified on both sides in the handshake, its name on the sending side too.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../../../lib/json.ts';
import { DriverError, type MigrationTls } from '../../../hypervisor.ts';
import { qemuTlsFiles } from '../../../qemu-tls.ts';
import type { Guest } from '../guest.ts';

const CREDENTIALS_ID = 'migration-tls';

export type Role = 'server' | 'client';

/** Idempotent: what a former try left is replaced. */
export const installCredentials = async (guest: Guest, role: Role, tls: MigrationTls): Promise<void> => {
  await removeCredentials(guest);
  const directory = guest.paths.tls;
  await mkdir(directory, { mode: 0o700 });
  try {
    for (const [name, text] of qemuTlsFiles(role, tls)) await writeFile(path.join(directory, name), text, { mode: 0o600 });
    await guest.monitor.execute('object-add', {
      'qom-type': 'tls-creds-x509',
      id: CREDENTIALS_ID,
      dir: directory,
      endpoint: role,
      'verify-peer': true,
      'sanity-check': false,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

export const removeCredentials = async (guest: Guest): Promise<void> => {
  await rm(guest.paths.tls, { recursive: true, force: true });
  try {
    await guest.monitor.execute('object-del', { id: CREDENTIALS_ID });
  } catch (error) {
    if (!(error instanceof DriverError) || guest.monitor.isClosed || !/not found/.test(error.message)) throw error;
  }
};

/** Parameters of the memory stream. Empty texts switch encryption off, since parameters outlive a migration. */
export const memoryTls = (tls: MigrationTls | undefined): JsonObject =>
  tls === undefined ? { 'tls-creds': '', 'tls-hostname': '' } : { 'tls-creds': CREDENTIALS_ID, 'tls-hostname': tls.peerName };

/** Options of an NBD server, or of its client's node. */
export const nbdServerTls = (tls: MigrationTls | undefined): JsonObject => (tls === undefined ? {} : { 'tls-creds': CREDENTIALS_ID });
export const nbdClientTls = (tls: MigrationTls | undefined): JsonObject =>
  tls === undefined ? {} : { 'tls-creds': CREDENTIALS_ID, 'tls-hostname': tls.peerName };
