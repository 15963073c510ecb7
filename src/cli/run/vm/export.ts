// VMs, templates and snapshots to files.

import type { Context, Handler } from '../../context.ts';
import { parseBool } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';
import { select } from '../../selectors.ts';
import { fetchFile, isStandardStream } from '../../transfer.ts';

export const run: Handler = async context => {
  const chosen = await select(context);
  for (const [i, item] of chosen.entries()) await save(context, item.ref, i);
};

export const exportTemplate: Handler = async context =>
  await save(context, await byUuid(await context.session(), 'VM', context.args.text('template-uuid')), 0);

export const exportSnapshot: Handler = async context =>
  await save(context, await byUuid(await context.session(), 'VM', context.args.text('snapshot-uuid')), 0);

/** Of several VMs, the first gets the file's name, the others the name and their number. */
const save = async (context: Context, ref: string, index: number): Promise<void> => {
  const { args, out } = context;
  const named = args.text('filename');
  const filename = index === 0 || isStandardStream(named) ? named : `${named}${index + 1}`;
  const query = {
    ref,
    use_compression: compression(args.get('compress')),
    preserve_power_state: String(args.bool('preserve-power-state')),
    export_snapshots: String(args.bool('include-snapshots', true)),
    ...(args.has('excluded-device-types') && { excluded_device_types: args.text('excluded-device-types') }),
  };
  const path = args.bool('metadata') ? '/export_metadata' : '/export';
  await fetchFile(context, { path, query, title: 'Saving the VM' }, filename);
  if (!isStandardStream(named)) out.lines(['Export succeeded']);
};

const compression = (given: string | undefined): string => {
  if (given === undefined) return 'false';
  if (given === 'gzip' || given === 'zstd') return given;
  try {
    return parseBool('compress', given) ? 'gzip' : 'false';
  } catch (error) {
    throw new CommandError(`Failed to parse parameter 'compress': expected 'true', 'false', 'gzip' or 'zstd', got ${given}`, {
      cause: error,
    });
  }
};
