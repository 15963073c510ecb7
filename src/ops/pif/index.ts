// The messages of the class PIF.

import type { OpsOf } from '../context.ts';
import { setter } from '../fields.ts';
import { addressOps } from './addresses.ts';
import { introduceOps } from './introduce.ts';
import { plugOps } from './plug.ts';
import { propertyOps } from './properties.ts';

export const pifOps: OpsOf<'PIF'> = {
  ...introduceOps,
  ...plugOps,
  ...addressOps,
  ...propertyOps,
  set_disallow_unplug: setter('PIF', 'disallow_unplug'),
};
