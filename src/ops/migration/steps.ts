// What hostd's start calls: the step kinds of migrations, and what became of receptions that the last life left.

import type { CrashPoint } from '../../engine/crash-point.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Services } from '../context.ts';
import { migrationOf } from './state.ts';
import { commitKinds } from './steps/commit.ts';
import { copyKinds } from './steps/copy.ts';
import { freezeKinds } from './steps/freeze.ts';
import type { StepParts } from './steps/kinds.ts';
import { leaveKinds } from './steps/leave.ts';
import { liveKinds } from './steps/live.ts';
import { reserveKinds } from './steps/reserve.ts';
import { verifyKinds } from './steps/verify.ts';
import { vdiMoveKind } from './vdi.ts';

/** Before `engine.recover`. The clock and the crash point are tests' to choose. */
export function defineMigrationSteps(services: Services, options: { readonly clock?: Clock; readonly crashPoint?: CrashPoint } = {}): void {
  services.engine.define(vdiMoveKind(services));
  const parts: StepParts = { services, journeys: migrationOf(services, options).journeys };
  for (const kinds of [reserveKinds, freezeKinds, copyKinds, liveKinds, verifyKinds, commitKinds, leaveKinds]) {
    for (const kind of kinds(parts)) services.engine.define(kind);
  }
}

/**
 * After SRs are attached, before guests are reconciled: what was on its way in is taken back or put to work. Then receptions are
 * looked after until `stop`.
 */
export async function recoverReceptions(services: Services): Promise<{ stop(): Promise<void> }> {
  const { receptions, journeys } = migrationOf(services);
  await receptions.recover();
  const attending = receptions.attend();
  return {
    async stop() {
      receptions.close();
      await attending;
      await journeys.close();
    },
  };
}
