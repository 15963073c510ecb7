// A tunnel's record as the switch is asked for it: one end here, one at each other host that has a tunnel of the same network.
//
// `other_config` of the tunnel may name ends that the database does not know: `remote_ip`, addresses with commas between, and `key`, the
// number that both ends must share. Without it the key follows from the network, so that hosts of one pool agree.

import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { Uplink } from '../../drivers/network.ts';
import type { RecordOf } from '../../model/index.ts';

/** What a VXLAN header holds. */
const maxKey = 0xff_ff_ff;

const keyOf = (tunnel: RecordOf<'tunnel'>, networkUuid: string): number => {
  const given = Number(tunnel.other_config['key']);
  if (Number.isInteger(given) && given > 0 && given <= maxKey) return given;
  return Number.parseInt(networkUuid.replaceAll('-', '').slice(0, 6), 16) || 1;
};

const addressOf = (db: Reader, transport: RecordOf<'tunnel'>['transport_PIF']): string => {
  const pif = db.get('PIF', transport);
  return pif?.IP ?? '';
};

export const tunnelUplink = (db: Reader, pif: RecordOf<'PIF'>, tunnel: RecordOf<'tunnel'>): Uplink => {
  const network = db.need('network', pif.network);
  const others = network.PIFs.map(ref => db.need('PIF', ref)).filter(other => other.host !== pif.host && !isNullRef(other.host));
  const theirs = others.flatMap(other => other.tunnel_access_PIF_of.map(ref => addressOf(db, db.need('tunnel', ref).transport_PIF)));
  const given = (tunnel.other_config['remote_ip'] ?? '').split(',').map(address => address.trim());
  const remotes = [...new Set([...theirs, ...given])].filter(address => address !== '').toSorted();
  const local = addressOf(db, tunnel.transport_PIF);
  return {
    kind: 'tunnel',
    pif: pif.uuid,
    protocol: tunnel.protocol,
    key: keyOf(tunnel, network.uuid),
    remotes,
    ...(local !== '' && { local }),
  };
};
