// The messages of the class VIF.

import type { OpsOf } from '../context.ts';
import { createOps } from './create.ts';
import { lockingOps } from './locking.ts';
import { plugOps } from './plug.ts';

export const vifOps: OpsOf<'VIF'> = { ...createOps, ...plugOps, ...lockingOps };
