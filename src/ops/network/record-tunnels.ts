// Whether the tunnels of this host carry frames, as clients see it in their status: they do where the switch has an end to each other host.
// A tunnel that knows of no other host carries nothing.

import type { Reader, Tx } from '../../db/db.ts';
import type { HostNetwork } from '../../drivers/network.ts';
import type { Ref } from '../../lib/brand.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { desiredNetwork } from './desired.ts';

/** Uuids of the access PIFs of those that do. `failed`: by the uuid of the PIF to blame. */
const carrying = ({ networks }: HostNetwork, failed: ReadonlyMap<string, unknown>): ReadonlySet<string> =>
  new Set(
    networks.flatMap(({ uplink }) =>
      uplink.kind === 'tunnel' && uplink.remotes.length > 0 && !failed.has(uplink.pif) ? [uplink.pif] : [],
    ),
  );

/** The tunnels of this host whose records say something else, with what is true. */
const wrong = (db: Reader, { self }: Services, active: ReadonlySet<string>): readonly (readonly [Ref<'tunnel'>, 'true' | 'false'])[] =>
  [...db.all('tunnel')].flatMap(([ref, { access_PIF, status }]) => {
    const pif = db.get('PIF', access_PIF);
    if (pif?.host !== self.host) return [];
    const now = active.has(pif.uuid) ? 'true' : 'false';
    return status['active'] === now ? [] : [[ref, now] as const];
  });

/** After the switch was given what the database says. `failed` is what it could not make. */
export const recordTunnels = async (services: Services, failed: ReadonlyMap<string, unknown>): Promise<void> => {
  const { db, self } = services;
  if (db.count('tunnel') === 0) return;
  // As it is by now: of changes made at once the switch was given the last, which is told to each of them.
  const active = carrying(desiredNetwork(db, self.host), failed);
  if (wrong(db, services, active).length === 0) return;
  await change(db, (tx: Tx) => {
    for (const [ref, now] of wrong(tx, services, active))
      tx.update('tunnel', ref, { status: { ...tx.need('tunnel', ref).status, active: now } });
  });
};
