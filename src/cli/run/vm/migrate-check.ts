// `vm-migrate --dry-run`: everything that stands in the way, each with what mends it.

import { isXenError } from '../../../model/error.ts';
import { valueText } from '../../../client/values.ts';
import type { Context } from '../../context.ts';
import { EXIT_FAILED, EXIT_OK } from '../../exit.ts';
import { failureText } from '../../render/failure.ts';
import type { Move } from './migrate-storage.ts';

/** What the servers of this project find: all of it at once. Others tell the first thing only. */
const CHECK_ALL = 'xcp.migration_check';

export const showCheck = async (context: Context, move: Move): Promise<number> => {
  const blockers = await findBlockers(context, move);
  if (blockers.length === 0) {
    context.out.lines(['OK: nothing stands in the way of this migration']);
    return EXIT_OK;
  }
  context.out.direct(blockers.map(text => `${text}\n`).join('\n'));
  return EXIT_FAILED;
};

const findBlockers = async (context: Context, move: Move): Promise<readonly string[]> => {
  const session = await context.session();
  const params = [move.vm, move.dest, move.live, move.vdi_map, move.vif_map, move.options];
  try {
    const found = await session.raw(CHECK_ALL, params);
    return (Array.isArray(found) ? found : []).map(blockerText);
  } catch (error) {
    if (!isXenError(error, 'MESSAGE_METHOD_UNKNOWN')) throw error;
  }
  try {
    await session.raw('VM.assert_can_migrate', params);
    return [];
  } catch (error) {
    if (!isXenError(error)) throw error;
    return [await failureText(error, context)];
  }
};

const blockerText = (value: unknown, index: number): string => {
  const blocker: Readonly<Record<string, unknown>> = Object(value);
  const objects = Array.isArray(blocker['objects']) ? blocker['objects'].map(objectText) : [];
  return [
    `${index + 1}. ${valueText(blocker['code'])}${objects.length === 0 ? '' : `: ${objects.join(', ')}`}`,
    `   ${valueText(blocker['cause'])}`,
    ...(valueText(blocker['fix']) === '' ? [] : [`   Mend it: ${valueText(blocker['fix'])}`]),
  ].join('\n');
};

const objectText = (value: unknown): string => {
  const object: Readonly<Record<string, unknown>> = Object(value);
  return `${valueText(object['class'])} ${valueText(object['name'])} (${valueText(object['uuid'])})`;
};
