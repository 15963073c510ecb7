// `vm-sysprep`: the answers for the first start of Windows, from a file.

import type { Ref } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { readSmallFile } from '../../file-input.ts';
import { forEach, select } from '../../selectors.ts';

const DEFAULT_TIMEOUT_SECONDS = 180;

export const run: Handler = async context => {
  const given = context.args.get('timeout');
  const timeout = given === undefined ? DEFAULT_TIMEOUT_SECONDS : Number(given);
  if (!Number.isFinite(timeout) || given === '') throw new CommandError('Parameter timeout must be a floating-point number');
  const file = await readSmallFile(context, 'filename', 'unattend file');
  return await forEach(context, await select(context), async item => {
    await (await context.session()).call('VM.sysprep', { self: item.ref as Ref<'VM'>, unattend: file.text, timeout });
  });
};
