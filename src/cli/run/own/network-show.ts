// `network-show`: the network of one host, or of all, drawn as a tree, or as a picture (`-o dot`, `-o svg`), or as data.

import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { mapOf } from '../../network-map/map.ts';
import type { MapNode } from '../../network-map/node.ts';
import { fetchNetworkRecords, type NetworkRecords, text } from '../../network-map/records.ts';
import type { TypedRecord } from '../../records/typed.ts';

export const networkShow: Handler = async context => {
  const records = await fetchNetworkRecords(await context.session());
  const options = { all: context.args.bool('all') };
  const maps = hostsOf(context, records).map(host => mapOf(records, host, options));
  const { drawing } = context.own ?? {};
  if (drawing !== undefined) return context.out.direct(await pictureOf(drawing, maps));
  if (context.out.typed !== undefined)
    return context.out.typed(
      maps.flatMap(map => flat(map)),
      'many',
    );
  if (context.out.isMinimal) return context.out.lines(maps.flatMap(networksOf));
  const { treeLines } = await import('../../network-map/tree.ts');
  const { stdout, env } = context.io;
  const colour = stdout.isTTY && (env['NO_COLOR'] ?? '') === '';
  const columns = stdout.isTTY ? stdout.columns : undefined;
  context.out.lines(maps.flatMap((map, i) => [...(i > 0 ? [''] : []), ...treeLines(map, { colour, columns })]));
};

/** The host that `host=` names, else all, by name. */
const hostsOf = ({ args }: Context, { host: hosts }: NetworkRecords): readonly string[] => {
  const wanted = args.get('host');
  const sorted = [...hosts].toSorted(([, a], [, b]) => text(a, 'name_label').localeCompare(text(b, 'name_label'), 'en', { numeric: true }));
  if (wanted === undefined) return sorted.map(([ref]) => ref);
  const found = sorted.filter(([, host]) => [text(host, 'uuid'), text(host, 'name_label'), text(host, 'hostname')].includes(wanted));
  const [first, second] = found;
  if (first === undefined)
    throw new CommandError(`Host ${wanted} not found: there are ${sorted.map(([, host]) => text(host, 'name_label')).join(', ')}`);
  if (second !== undefined) throw new CommandError(`Several hosts are called ${wanted}: give the uuid`);
  return [first[0]];
};

const pictureOf = async (drawing: 'dot' | 'svg', maps: readonly MapNode[]): Promise<string> => {
  switch (drawing) {
    case 'dot':
      return (await import('../../network-map/dot.ts')).dotText(maps);
    case 'svg':
      return (await import('../../network-map/svg.ts')).svgText(maps);
    default:
      return drawing satisfies never;
  }
};

/** Uuids of the networks on a map. */
const networksOf = ({ kind, id, children }: MapNode): readonly string[] => [
  ...(kind === 'network' || kind === 'vlan' || kind === 'tunnel' ? [id.slice('network '.length)] : []),
  ...children.flatMap(networksOf),
];

/** One record for each thing, with the one that it hangs on. */
const flat = ({ id, kind, name, details, health, faults, children }: MapNode, on: string | null = null): readonly TypedRecord[] => [
  { id, on, kind, name, health, details: details.filter(each => each !== ''), faults },
  ...children.flatMap(child => flat(child, id)),
];
