// The examples of a command as they are shown: what stands for things without names, then each line below a word about it.

import type { ParamInfo } from '../params.ts';
import type { Row } from '../row.ts';
import { devices } from './devices.ts';
import type { Example, Examples } from './form.ts';
import { generated } from './generated.ts';
import { groups } from './groups.ts';
import { host } from './host.ts';
import { network } from './network.ts';
import { own } from './own.ts';
import { people } from './people.ts';
import { pool } from './pool.ts';
import { storage } from './storage.ts';
import { variables } from './variables.ts';
import { vm } from './vm.ts';

/** Those that were written by hand. */
export const written: Examples = { ...vm, ...groups, ...storage, ...network, ...host, ...pool, ...people, ...devices, ...own };

/** The whole line to type. */
export const lineOf = (command: string, [words]: Example): string => {
  if (words.includes('xcp ') && !words.includes('$(xcp ')) return words;
  return words === '' ? `xcp ${command}` : `xcp ${command} ${words}`;
};

/** Lines, comments among them. */
export const exampleLines = async (command: string, row: Row, params: readonly ParamInfo[]): Promise<readonly string[]> => {
  const examples = written[command] ?? (await generated(command, row, params));
  const used = [...new Set(examples.flatMap(([words]) => variablesIn(words)))];
  return [
    ...used.map(name => `${name}=$(xcp ${variables[name] ?? ''} --minimal)`),
    ...examples.flatMap(each => [...(each[1] === '' ? [] : [`# ${each[1]}`]), lineOf(command, each)]),
  ];
};

/** Names behind a `$`, in the order in which they come. */
export const variablesIn = (words: string): readonly string[] => [...words.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
