// The messages of the class VBD.

import type { OpsOf } from '../context.ts';
import { createOps } from './create.ts';
import { mediaOps } from './media.ts';
import { plugOps } from './plug.ts';

export const vbdOps: OpsOf<'VBD'> = { ...createOps, ...plugOps, ...mediaOps };
