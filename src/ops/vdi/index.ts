// The messages of the class VDI, but for migration.

import type { OpsOf } from '../context.ts';
import { copyOps } from './copy.ts';
import { createOps } from './create.ts';
import { resizeOps } from './resize.ts';
import { settingOps } from './settings.ts';

export const vdiOps: OpsOf<'VDI'> = { ...createOps, ...copyOps, ...resizeOps, ...settingOps };
