// A step as a plan holds it: its arguments as the journal's JSON, from which another process may have to go on.

import type { PlannedStep } from '../../engine/types.ts';
import { toJson } from '../plan-json.ts';

/** `id` is unique within its plan; `label` says to people what is done; `weight` is its share of the progress. */
export const step = (id: string, kind: string, label: string, weight: number, args: object): PlannedStep => ({
  id,
  kind,
  label,
  weight,
  args: toJson(args),
});
