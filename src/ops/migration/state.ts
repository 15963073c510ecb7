// What the migrations of one hostd share: its receptions and its journeys, one of each per database.

import { crashPointFrom } from '../../engine/crash-point.ts';
import type { CrashPoint } from '../../engine/crash-point.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Db } from '../../db/db.ts';
import type { Services } from '../context.ts';
import { Journeys } from './journeys.ts';
import { Receptions } from './reception/receptions.ts';

export interface MigrationState {
  readonly receptions: Receptions;
  readonly journeys: Journeys;
}

const states = new WeakMap<Db, MigrationState>();

/** The state of these services; made at its first use. */
export function migrationOf(
  services: Services,
  options: { readonly clock?: Clock; readonly crashPoint?: CrashPoint | undefined } = {},
): MigrationState {
  const known = states.get(services.db);
  if (known) return known;
  const clock = options.clock ?? systemClock;
  const crashPoint = options.crashPoint ?? crashPointFrom(process.env);
  const state = {
    receptions: new Receptions(services, { clock, crashPoint }),
    journeys: new Journeys({ peers: services.peers, clock, log: services.log }),
  };
  states.set(services.db, state);
  return state;
}
