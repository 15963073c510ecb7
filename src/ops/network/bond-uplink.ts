// A bond's record as the switch is asked for it.

import type { Reader } from '../../db/db.ts';
import type { Uplink } from '../../drivers/network.ts';
import type { RecordOf } from '../../model/index.ts';

/**
 * A link that comes back is trusted after 31 s where no protocol tells that the switch forwards already: switches that run spanning
 * tree drop frames for up to 30 s. LACP tells by itself. `bond-updelay` and `bond-downdelay` of the PIF's other_config, in ms, win.
 */
const defaultUpDelayMs = 31_000;

const millisecondsIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : undefined;

export const bondUplink = (db: Reader, pif: RecordOf<'PIF'>, bond: RecordOf<'Bond'>): Uplink => {
  const { properties, mode } = bond;
  // The primary first: where the switch takes the first that works, it takes that one.
  const refs = bond.slaves.toSorted((a, b) => Number(b === bond.primary_slave) - Number(a === bond.primary_slave));
  const members = refs.map(ref => db.need('PIF', ref)).map(({ uuid, device }) => ({ pif: uuid, device }));
  const key = millisecondsIn(properties['lacp-aggregation-key']);
  const rebalance = millisecondsIn(pif.other_config['bond-rebalance-interval']);
  return {
    kind: 'bond',
    pif: pif.uuid,
    device: pif.device,
    mac: pif.MAC.toLowerCase(),
    members,
    mode,
    hashing: properties['hashing_algorithm'] === 'src_mac' ? 'src_mac' : 'tcpudp_ports',
    lacpTime: properties['lacp-time'] === 'fast' ? 'fast' : 'slow',
    lacpFallback: properties['lacp-fallback-ab'] !== 'false',
    ...(key !== undefined && key > 0 && { lacpAggregationKey: key }),
    upDelayMs: millisecondsIn(pif.other_config['bond-updelay']) ?? (mode === 'lacp' ? 0 : defaultUpDelayMs),
    downDelayMs: millisecondsIn(pif.other_config['bond-downdelay']) ?? 0,
    ...(rebalance !== undefined && { rebalanceIntervalMs: rebalance }),
  };
};
