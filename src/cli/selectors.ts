// Which VMs, hosts or SRs a command is about: all parameters that are neither standard nor the command's own are filters.

import type { Context } from './context.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, type Typo } from './exit.ts';
import { fetchRecords, uuidOrName } from './records/fetch.ts';
import { applyFilters, type Filter, serverExpressions } from './records/filter.ts';
import { type ApiRecord, Objects } from './records/objects.ts';
import { fieldsOf } from './records/spec.ts';
import { loadRecord, type RecordName } from './records/classes.ts';

export interface Selected {
  readonly ref: string;
  readonly record: ApiRecord;
}

type Kind = 'vms' | 'hosts' | 'srs';

interface KindRow {
  readonly record: RecordName;
  /** The parameter that matches a uuid or a name. */
  readonly pseudo: string;
  readonly nameFields: readonly string[];
  readonly none: string;
  readonly several: string;
  readonly oneOnly: string;
}

const kinds: Readonly<Record<Kind, KindRow>> = {
  vms: {
    record: 'vm',
    pseudo: 'vm',
    nameFields: ['uuid', 'name_label'],
    none: 'No matching VMs found',
    several: 'Multiple matches VMs found. --multiple required to complete the operation',
    oneOnly: 'Multiple matches VMs found. Operation can only be performed on one VM at a time',
  },
  hosts: {
    record: 'host',
    pseudo: 'host',
    nameFields: ['uuid', 'hostname', 'name_label'],
    none: 'No matching hosts found',
    several: 'Multiple matching hosts found. --multiple required to complete the operation',
    oneOnly: 'Multiple matching hosts found. Operation can only be performed on one host at a time',
  },
  srs: {
    record: 'sr',
    pseudo: 'sr',
    nameFields: ['uuid', 'name_label'],
    none: 'No matching hosts found',
    several: 'Multiple matching SRs found. --multiple required to complete the operation',
    oneOnly: 'Multiple matching SRs found. Operation can only be performed on one SR at a time',
  },
};

/** Parameters that are never filters. */
export const standardParams: ReadonlySet<string> = new Set([
  'server',
  'password',
  'port',
  'username',
  'minimal',
  'force',
  'multiple',
  'all',
  'message-priority',
  'trace',
]);

/** The objects that the parameters name: at least one, several if the user allows it, or `many` does. Throws CommandError. */
export const select = async (context: Context, options: { readonly many?: boolean } = {}): Promise<readonly Selected[]> => {
  const kind = kinds[context.row.selects ?? 'vms'];
  const found = await matches(context, kind);
  if (found.length === 0) throw new CommandError(kind.none, { typos: await misspelt(context, kind) });
  if (found.length > 1 && context.row.one === true) throw new CommandError(kind.oneOnly);
  if (found.length > 1 && options.many !== true && !context.args.bool('multiple')) throw new CommandError(kind.several);
  return found;
};

const matches = async (context: Context, kind: KindRow): Promise<readonly Selected[]> => {
  const { args, row } = context;
  const spec = await loadRecord(kind.record);
  const fields = fieldsOf(spec);
  const own = [...(row.required ?? []), ...(row.optional ?? []), ...(row.own ?? [])];
  const filters = args.list.filter(([key]) => key !== kind.pseudo && !standardParams.has(key) && !isOwn(key, own));
  const forced = kind.pseudo === 'vm' ? vmFilters(context) : [];
  const named = args.get(kind.pseudo);
  const session = await context.session();
  const expressions = [
    ...serverExpressions([...forced, ...filters], fields),
    named === undefined || kind.pseudo === 'host' ? undefined : uuidOrName(named),
  ];
  const records = await fetchRecords(session, spec.api, expressions);
  const objects = new Objects(session);
  const subjects = records
    .filter(([, record]) => named === undefined || kind.nameFields.some(field => record[field] === named))
    .map(([ref, record]) => ({ ref, record, spec, objects, session }));
  return await applyFilters([...forced, ...filters], fields, subjects);
};

/** The name that found nothing, among those that are there: asked for only where somebody reads the suggestion. */
const misspelt = async (context: Context, kind: KindRow): Promise<readonly Typo[]> => {
  const { io, args } = context;
  const written = args.get(kind.pseudo);
  if (written === undefined || !io.stderr.isTTY || io.programName === 'xe') return [];
  const { api } = await loadRecord(kind.record);
  const all = await fetchRecords(await context.session(), api);
  return [{ of: 'object', written, among: all.map(([, record]) => String(record['name_label'])) }];
};

const vmFilters = ({ row }: Context): readonly Filter[] => {
  const also = row.alsoSelects ?? [];
  return [
    ...(also.includes('control-domains') ? [] : [['is-control-domain', 'false'] as const]),
    ...(also.includes('templates') ? [] : [['is-a-template', 'false'] as const]),
  ];
};

/** A few maps stand in their rows without a `:`, `power-on-config` among them. */
const isOwn = (key: string, own: readonly string[]): boolean =>
  own.some(param =>
    param.endsWith(':') || param.endsWith('-')
      ? key.startsWith(param.slice(0, -1)) && key.length >= param.length
      : key === param || key.startsWith(`${param}:`),
  );

/**
 * Does `operation` to each, one after the other. What an operation returns is printed when all are done; if one failed, what is printed
 * are the failures, the last first, and the command fails. `notes` are for people alone: minimal output drops them.
 */
export const forEach = async (
  context: Context,
  chosen: readonly Selected[],
  operation: (item: Selected) => Promise<readonly string[] | void>,
  layout: 'lines' | 'notes' = 'lines',
): Promise<number> => {
  const print = (texts: readonly string[]): void => {
    if (layout === 'lines') context.out.lines(texts);
    else for (const text of texts) context.out.note(text);
  };
  const { own } = context;
  if (own?.parallel !== undefined || own?.format !== undefined) {
    const { forEachParallel } = await import('./run/own/parallel.ts');
    return await forEachParallel(context, chosen, operation, own.parallel ?? 1);
  }
  const [only] = chosen;
  if (chosen.length === 1 && only !== undefined) {
    const said = await operation(only);
    if (said !== undefined) print(said);
    return EXIT_OK;
  }
  const said: string[] = [];
  const failures: string[] = [];
  for (const item of chosen) {
    try {
      said.push(...((await operation(item)) ?? []));
    } catch (error) {
      const { failureText } = await import('./render/failure.ts');
      failures.unshift(`operation failed on ${String(item.record['uuid'])}: ${await failureText(error, context)}`);
    }
  }
  if (failures.length > 0) {
    context.out.lines(failures);
    return EXIT_FAILED;
  }
  if (said.length > 0) print(said);
  return EXIT_OK;
};
