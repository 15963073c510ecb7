// From a parameter of a command to the sentence about it. Help and the pages read this; a command that runs does not.

import { parseGeneric } from '../generic.ts';
import { commandClass, plainName } from '../params.ts';
import { devices } from './devices.ts';
import type { Meanings, Topic } from './form.ts';
import { genericMeaning } from './generic.ts';
import { host } from './host.ts';
import { migrate } from './migrate.ts';
import { network } from './network.ts';
import { uuidMeaning } from './objects.ts';
import { own } from './own.ts';
import { people } from './people.ts';
import { pool } from './pool.ts';
import { storage } from './storage.ts';
import { vm } from './vm.ts';

export const topics: readonly Topic[] = [vm, migrate, storage, network, host, pool, devices, people, own];

const shared: Meanings = Object.assign({}, ...topics.map(({ params }) => params));

const special: ReadonlyMap<string, Meanings> = topics
  .flatMap(({ commands }) => Object.entries(commands))
  .flatMap(([names, meanings]) => names.split(' ').map(name => [name, meanings] as const))
  .reduce((all, [name, meanings]) => all.set(name, { ...all.get(name), ...meanings }), new Map<string, Meanings>());

/** Undefined if nobody has written down what it means: a test looks. `written`: as the row writes it. */
export const meaningOf = (command: string, written: string): string | undefined => {
  const generic = parseGeneric(command);
  if (generic !== undefined) return genericMeaning(generic, written);
  const name = plainName(written);
  const told = special.get(command)?.[name] ?? shared[name];
  if (told !== undefined || name !== 'uuid') return told;
  const cls = commandClass(command);
  return cls === undefined ? undefined : uuidMeaning(cls);
};
