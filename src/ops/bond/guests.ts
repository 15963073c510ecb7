// Guests that were on a member's network are on the bond's from now on, and the other way round when the bond goes: those that run on this
// host, and those that could run nowhere else.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';

const isLocal = (db: Reader, vm: Ref<'VM'>, host: Ref<'host'>): boolean => {
  const record = db.get('VM', vm);
  if (!record) return false;
  return isNullRef(record.resident_on) ? db.count('host') === 1 : record.resident_on === host;
};

export const moveGuests = (tx: Tx, host: Ref<'host'>, from: Ref<'network'>, to: Ref<'network'>): void => {
  for (const ref of tx.get('network', from)?.VIFs ?? [])
    if (isLocal(tx, tx.need('VIF', ref).VM, host)) tx.update('VIF', ref, { network: to });
};
