// One operation on several objects, some at a time: a line for each, and an exit code that says whether all, some or none are done.

import { inTurn } from '../../../lib/in-turn.ts';
import type { Context } from '../../context.ts';
import { EXIT_OK } from '../../exit.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { TypedRecord } from '../../records/typed.ts';
import { plainText } from '../../render/formats.ts';
import type { Selected } from '../../selectors.ts';

type Operation = (item: Selected) => Promise<readonly string[] | void>;

/** Works through `chosen` in order, at most `width` at a time. The failure of an only one is that of the command. */
export const forEachParallel = async (
  context: Context,
  chosen: readonly Selected[],
  operation: Operation,
  width: number,
): Promise<number> => {
  const results: TypedRecord[] = [];
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1 && context.out.typed !== undefined) {
    context.out.typed([success(only, (await operation(only)) ?? [])], 'many');
    return EXIT_OK;
  }
  await inTurn(chosen, width, async (item, place) => {
    const result = await resultOf(context, item, operation);
    results[place] = result;
    if (context.out.typed === undefined) context.out.lines([lineOf(result)]);
  });
  context.out.typed?.(results, 'many');
  const failed = results.filter(result => result['ok'] === false).length;
  if (failed === 0) return EXIT_OK;
  return failed < results.length ? exitCodes.partial.code : exitCodes.failed.code;
};

const success = ({ record }: Selected, said: readonly string[]): TypedRecord => ({
  uuid: String(record['uuid']),
  name: String(record['name_label']),
  ok: true,
  result: said.length === 0 ? null : said.join('\n'),
  error: null,
});

const resultOf = async (context: Context, item: Selected, operation: Operation): Promise<TypedRecord> => {
  try {
    return success(item, (await operation(item)) ?? []);
  } catch (error) {
    const { failureText } = await import('../../render/failure.ts');
    return { ...success(item, []), ok: false, error: await failureText(error, context) };
  }
};

const lineOf = ({ uuid, name, ok, result, error }: TypedRecord): string => {
  const outcome =
    ok === true
      ? `ok${result === null ? '' : ` ${plainText(result ?? null)}`}`
      : `failed: ${plainText(error ?? null).replaceAll('\n', '; ')}`;
  return `${plainText(uuid ?? null)} (${plainText(name ?? null)}): ${outcome}`;
};
