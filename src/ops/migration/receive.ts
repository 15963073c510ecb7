// host.migrate_receive: this host is ready to be sent a VM. What it returns is for VM.migrate_send at the source, and opens a session
// for it.

import type { BoundParamsOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import type { Call } from '../context.ts';
import { migrationAddress } from './address.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

/** Keys as xapi gives them, and those of xcp's own streams. */
export async function migrateReceive(
  { services }: Call,
  { host, network }: BoundParamsOf<'host.migrate_receive'>,
): Promise<Readonly<Record<string, string>>> {
  const { db, self, settings } = services;
  db.need('host', host);
  if (host !== self.host) throw new XenError('HOST_OFFLINE', [host]);
  migrationAddress(services, network);
  const { url, fingerprint } = settings;
  if (url === undefined) throw new XenError('OPERATION_NOT_ALLOWED', ['This host has no TLS listener that another host could call']);
  const session = await services.createSession({ originator: 'migration' });
  const base = url.replace(/\/$/, '');
  return {
    SM: `${base}/services/SM?session_id=${session}`,
    host,
    xenops: `${base}/services/xenops?session_id=${session}`,
    session_id: session,
    master: base,
    xcp_api: String(PROTOCOL_VERSION),
    xcp_url: base,
    xcp_network: network,
    ...(fingerprint !== undefined && { xcp_fingerprint: fingerprint }),
  };
}
