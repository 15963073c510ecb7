// What a completion script needs to know, in few words: the commands with their summaries, and of each its parameters. A parameter is
// its name and a mark with what follows it:
//
//   name      any text          name!        true or false, also as --name     name/      a file
//   name@vm   a uuid of a VM    name~vm      the name of a VM                  name:vm    name:key=value, keys as VMs have them
//   name|a,b  one of these      name#vm      a field of a VM                   name%vm    fields of a VM, with commas

import { allCommands } from '../table/all.ts';
import { drawings, formats } from '../own-options.ts';
import { ownRows } from '../table/own.ts';
import { type ParamInfo, paramsOf } from '../table/params.ts';
import { cliClasses, isCliClass, loadRecord } from '../records/classes.ts';
import { fieldsOf } from '../records/spec.ts';

export interface CompletionWords {
  readonly commands: readonly { readonly name: string; readonly summary: string; readonly params: readonly string[] }[];
  /** Names of the fields by class. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Options that may stand anywhere, with what they mean. */
  readonly options: readonly (readonly [option: string, summary: string])[];
  readonly formats: readonly string[];
}

export const outputFormats = [...formats, ...drawings] as const;

const options: readonly (readonly [string, string])[] = [
  ['-s', 'server'],
  ['-p', 'port'],
  ['-u', 'user name'],
  ['-pw', 'password'],
  ['-pwf', 'file with user name and password'],
  ['-o', 'form of the output'],
  ['--select', 'fields to print'],
  ['--minimal', 'values only, separated by commas'],
  ['--multiple', 'several objects at once'],
  ['--parallel', 'how many at the same time'],
  ['--watch', 'print again at each change'],
  ['--wait', 'wait until there is something to list'],
  ['--timeout', 'seconds until giving up'],
  ['--profile', 'profile of the configuration file'],
  ['--fingerprint', 'SHA-256 of the certificate'],
  ['--ca-file', 'CA of the certificate'],
  ['--insecure', 'do not check the certificate'],
  ['--help', 'how to use xcp'],
  ['--version', 'the version'],
];

export const completionWords = async (): Promise<CompletionWords> => {
  const rows = [...(await allCommands()), ...Object.entries(ownRows)].filter(([, row]) => row.help !== 'hidden');
  const commands = await Promise.all(
    rows.map(async ([name, row]) => ({ name, summary: row.summary, params: unique((await paramsOf(name, row)).map(paramWord)) })),
  );
  const fields = await Promise.all(
    Object.entries(cliClasses).map(async ([cls, { record }]) => {
      const shown = fieldsOf(await loadRecord(record)).filter(field => field.rest.hidden !== true);
      return [cls, shown.map(field => field.name)] as const;
    }),
  );
  return {
    commands: [...commands, { name: 'hostd', summary: 'Serve the XenAPI of this host.', params: [] }].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    fields: Object.fromEntries(fields.filter(([cls]) => isCliClass(cls))),
    options,
    formats: outputFormats,
  };
};

const paramWord = ({ name, type }: ParamInfo): string => {
  switch (type.kind) {
    case 'uuid':
      return `${name}@${type.cls}`;
    case 'name':
      return `${name}~${type.cls}`;
    case 'choice':
      return `${name}|${type.values.filter(value => value !== '').join(',')}`;
    case 'flag':
      return `${name}!`;
    case 'map':
      return `${name}:${type.cls ?? ''}`;
    case 'file':
      return `${name}/`;
    case 'field':
      return `${name}#${type.cls}`;
    case 'fields':
      return `${name}%${type.cls}`;
    case 'number':
    case 'size':
    case 'text':
      return name;
    default:
      return type satisfies never;
  }
};

/** A name that is both an option and a selector is offered once. */
const unique = (words: readonly string[]): readonly string[] => {
  const seen = new Map(words.toReversed().map(word => [/^[^@~|!:/#%]+/.exec(word)?.[0] ?? word, word]));
  return [...seen.values()].toReversed();
};
