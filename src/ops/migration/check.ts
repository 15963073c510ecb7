// The pre-flight alone: VM.assert_can_migrate gives its first blocker as an error, `xcp.migration_check` gives all as data.

import type { BoundParamsOf } from '../../model/index.ts';
import type { Call } from '../context.ts';
import type { Blocker } from './checks/blocker.ts';
import { assertNone } from './checks.ts';
import { addressOf, preflight } from './preflight.ts';
import { readArgs } from './send.ts';
import { migrationOf } from './state.ts';

type CheckParams = Omit<BoundParamsOf<'VM.assert_can_migrate'>, 'vgpu_map'>;

/** Every blocker; none: the VM can move. Takes no lock and changes nothing. */
export async function checkMigration(call: Call, params: CheckParams): Promise<readonly Blocker[]> {
  const { dest, args } = readArgs(call, params, false);
  call.services.db.need('VM', params.vm);
  const { journeys } = migrationOf(call.services);
  const address = addressOf(dest);
  try {
    return (await preflight(call.services, params.vm, journeys.at(address), args, call.signal)).blockers;
  } finally {
    await journeys.end(address);
  }
}

export async function assertCanMigrate(call: Call, params: CheckParams): Promise<void> {
  assertNone(await checkMigration(call, params));
}
