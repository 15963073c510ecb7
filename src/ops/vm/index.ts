// The messages of the class VM, but for migration.

import type { OpsOf } from '../context.ts';
import { cloneOps } from './clone.ts';
import { createOps } from './create.ts';
import { importOps } from './import.ts';
import { memoryOps } from './memory.ts';
import { placementOps } from './placement.ts';
import { powerOps } from './power.ts';
import { provisionOps } from './provision.ts';
import { questionOps } from './questions.ts';
import { revertOps } from './revert.ts';
import { settingOps } from './settings.ts';
import { snapshotOps } from './snapshot.ts';
import { startOps } from './start.ts';
import { suspendOps } from './suspend.ts';
import { vcpuOps } from './vcpus.ts';

export const vmOps: OpsOf<'VM'> = {
  ...createOps,
  ...cloneOps,
  ...importOps,
  ...provisionOps,
  ...startOps,
  ...powerOps,
  ...suspendOps,
  ...snapshotOps,
  ...revertOps,
  ...memoryOps,
  ...vcpuOps,
  ...settingOps,
  ...placementOps,
  ...questionOps,
};
