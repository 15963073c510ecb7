// What each parameter of a command takes: read from its call, from the fields of its class, or from its name. Completion, pages and
// names in place of uuids all stand on this.

import type { ClassName } from '../../model/index.ts';
import { cliClasses, type CliClassName, isCliClass, loadRecord } from '../records/classes.ts';
import { enumChoices } from '../records/enums.ts';
import { type Field, fieldsOf } from '../records/spec.ts';
import { type GenericCommand, parseGeneric } from './generic.ts';
import { choices, files, flags, names, numbers, sizes } from './param-names.ts';
import type { Arg, Row } from './row.ts';

export type ParamType =
  /** An object, by its uuid or by a name. */
  | { readonly kind: 'uuid' | 'name'; readonly cls: CliClassName }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** true or false; `--name` stands for true. */
  | { readonly kind: 'flag' }
  /** `name:key=value`, once per key; `cls`: the class whose objects have the map, so that keys in use can be offered. */
  | { readonly kind: 'map'; readonly cls?: CliClassName }
  | { readonly kind: 'number' | 'size' | 'file' | 'text' }
  /** The name of a field of the class; `fields`: several, separated by commas. */
  | { readonly kind: 'field' | 'fields'; readonly cls: CliClassName };

export interface ParamInfo {
  /** Without the `:` of a map. */
  readonly name: string;
  readonly need: 'required' | 'optional' | 'selector';
  readonly type: ParamType;
}

/** As the row writes it. */
export const rowName = ({ name, type }: ParamInfo): string => (type.kind === 'map' ? `${name}:` : name);

/** All parameters of a command: the required ones, the optional ones, then those that select objects. */
export const paramsOf = async (command: string, row: Row): Promise<readonly ParamInfo[]> => {
  const generic = parseGeneric(command);
  const fields = generic === undefined ? [] : fieldsOf(await loadRecord(cliClasses[generic.cls].record));
  const info =
    (need: ParamInfo['need']) =>
    (written: string): ParamInfo => ({
      name: plainName(written),
      need,
      type: generic === undefined ? typeOf(command, row, written) : genericType(generic, fields, written),
    });
  return [
    ...(row.required ?? []).map(info('required')),
    ...[...(row.optional ?? []), ...(row.own ?? [])].map(info('optional')),
    ...selectorsOf(row),
  ];
};

/** What the fields take by which a command selects its objects. */
export const filterTypes = async (row: Row): Promise<readonly (readonly [name: string, type: ParamType])[]> => {
  if (row.selects === undefined) return [];
  const cls = selectorKinds[row.selects];
  return fieldsOf(await loadRecord(cliClasses[cls].record)).map(field => [field.name, fieldType(cls, field)] as const);
};

/** The class whose uuid the parameter takes, or undefined if it takes none. */
export const uuidClass = async (command: string, row: Row, param: string): Promise<CliClassName | undefined> => {
  const found = (await paramsOf(command, row)).find(({ name }) => name === param);
  return found?.type.kind === 'uuid' ? found.type.cls : undefined;
};

/** Without the sign of a map at its end. */
export const plainName = (written: string): string => (/[:-]$/.test(written) ? written.slice(0, -1) : written);

const selectorKinds = { vms: 'vm', hosts: 'host', srs: 'sr' } as const;

const selectorsOf = (row: Row): readonly ParamInfo[] => {
  if (row.selects === undefined) return [];
  const cls = selectorKinds[row.selects];
  const several: readonly ParamInfo[] = row.one === true ? [] : [{ name: 'multiple', need: 'selector', type: { kind: 'flag' } }];
  return [
    { name: cls, need: 'selector', type: { kind: 'name', cls } },
    { name: 'uuid', need: 'selector', type: { kind: 'uuid', cls } },
    { name: 'name-label', need: 'selector', type: { kind: 'name', cls } },
    ...several,
  ];
};

const typeOf = (command: string, row: Row, written: string): ParamType => {
  const values = row.takes?.[written];
  if (values !== undefined) return { kind: 'choice', values };
  if (row.flags?.includes(written) === true) return { kind: 'flag' };
  const arg = row.call?.args.find(each => 'param' in each && each.param === plainName(written));
  return (arg === undefined ? undefined : argType(command, arg)) ?? namedType(command, written);
};

const argType = (command: string, arg: Arg): ParamType | undefined => {
  switch (arg.kind) {
    case 'ref':
    case 'refs': {
      const cls = ownClass(command, arg.cls);
      return cls === undefined ? undefined : { kind: 'uuid', cls };
    }
    case 'int':
    case 'float':
      return { kind: 'number' };
    case 'bytes':
      return { kind: 'size' };
    case 'bool':
      return { kind: 'flag' };
    case 'choice':
      return { kind: 'choice', values: arg.choices };
    case 'map':
      return { kind: 'map' };
    case 'localhost':
      return { kind: 'uuid', cls: 'host' };
    default:
      return undefined;
  }
};

/** The class of the command line for a class of the API; that of the command itself where several show the same. */
const ownClass = (command: string, api: ClassName): CliClassName | undefined => {
  const first = commandClass(command);
  if (first !== undefined && cliClasses[first].api === api) return first;
  return classesByApi.get(api);
};

const classesByApi: ReadonlyMap<string, CliClassName> = new Map(
  Object.entries(cliClasses)
    .toReversed()
    .flatMap(([name, { api }]) => (isCliClass(name) ? [[api, name] as const] : [])),
);

/** The longest class that the command's name begins with. */
export const commandClass = (command: string): CliClassName | undefined => {
  const words = command.split('-');
  for (let count = words.length; count > 0; count -= 1) {
    const name = words.slice(0, count).join('-');
    if (isCliClass(name)) return name;
  }
  return undefined;
};

const namedType = (command: string, written: string): ParamType => {
  const values = choices[`${command} ${written}`] ?? choices[written];
  if (values !== undefined) return { kind: 'choice', values };
  if (/[:-]$/.test(written)) return { kind: 'map' };
  if (flags.has(written)) return { kind: 'flag' };
  if (files.has(written)) return { kind: 'file' };
  if (sizes.has(written)) return { kind: 'size' };
  if (numbers.has(written)) return { kind: 'number' };
  const byName = names[written];
  if (byName !== undefined && !renames.has(command)) return { kind: 'name', cls: byName };
  const cls = written === 'uuid' ? uuidOfCommand(command) : uuidByName(written);
  return cls === undefined ? { kind: 'text' } : { kind: 'uuid', cls };
};

/** A name that is given here is a new one. */
const renames: ReadonlySet<string> = new Set(['host-set-hostname-live']);

/** Introducing gives an object its uuid; there is none to be found yet. */
const uuidOfCommand = (command: string): CliClassName | undefined =>
  command.endsWith('-introduce') ? undefined : (oddUuids[command] ?? commandClass(command));

/** Commands whose first words are not those of the class. */
const oddUuids: Readonly<Record<string, CliClassName>> = {
  'diagnostic-vdi-status': 'vdi',
  'diagnostic-vm-status': 'vm',
  'host-cpu-info': 'host',
};

const uuidByName = (written: string): CliClassName | undefined => {
  if (!written.endsWith('-uuid')) return undefined;
  const words = written.toLowerCase().split('-').slice(0, -1);
  // `into-vdi-uuid`, `vdi-to-uuid`: the class is one of the words.
  const candidates = [words.join('-'), words.slice(1).join('-'), words.slice(0, -1).join('-')];
  return candidates.find(isCliClass);
};

const genericType = ({ cls, verb }: GenericCommand, fields: readonly Field[], written: string): ParamType => {
  if (written === 'uuid' && verb !== 'list') return { kind: 'uuid', cls };
  if (written === 'param-name') return { kind: 'field', cls };
  if (written === 'params') return { kind: 'fields', cls };
  const field = fields.find(each => each.name === plainName(written));
  if (field !== undefined && written.endsWith(':')) return { kind: 'map', cls };
  return field === undefined ? namedType('', written) : fieldType(cls, field);
};

const fieldType = (cls: CliClassName, field: Field): ParamType => {
  const [kind = '', detail = ''] = field.kind.split(' ');
  if (field.name === 'uuid') return { kind: 'uuid', cls };
  if (field.name === 'name-label') return { kind: 'name', cls };
  if (field.name === 'power-state') return { kind: 'choice', values: ['halted', 'paused', 'running', 'suspended'] };
  const of = kind === 'uuid' ? classesByApi.get(detail) : undefined;
  if (of !== undefined) return { kind: 'uuid', cls: of };
  if (kind === 'bool') return { kind: 'choice', values: ['true', 'false'] };
  const choices = enumChoices[(field.rest.set ?? field.kind).split(' ')[1] ?? ''];
  if (choices !== undefined) return { kind: 'choice', values: choices };
  return kind === 'int' ? { kind: field.rest.set === 'bytes' ? 'size' : 'number' } : { kind: 'text' };
};
