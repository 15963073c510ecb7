// One reason why a VM cannot move: the XenAPI error it would be, the objects by their names, the cause in a sentence and the command
// that mends it. Sentences name objects; opaque references only stand in `params`, where the XenAPI wants them.

import type { ClassName } from '../../../model/index.ts';
import type { MigrationFacts } from '../facts.ts';
import type { DiskMap, NicMap } from '../mapping.ts';
import type { MigrationArgs } from '../options.ts';
import type { Held, MigrationView } from '../view.ts';

export interface BlockerObject {
  readonly class: string;
  readonly uuid: string;
  readonly name: string;
}

export interface Blocker {
  readonly code: string;
  readonly params: readonly string[];
  readonly objects: readonly BlockerObject[];
  readonly cause: string;
  /** A command to copy and paste, or in a few cases what to do by hand. */
  readonly fix: string;
}

/** What the checks of the VM alone are functions of. */
export interface VmContext {
  readonly view: MigrationView;
  readonly args: MigrationArgs;
}

/** What every check is a function of. */
export interface CheckContext extends VmContext {
  readonly facts: MigrationFacts;
  readonly disks: DiskMap;
  readonly nics: NicMap;
}

export type Check = (context: CheckContext) => readonly Blocker[];
export type VmCheck = (context: VmContext) => readonly Blocker[];

type Named = 'VM' | 'VDI' | 'SR' | 'network' | 'host';

/** How a sentence calls an object. */
export const called = <C extends Named & ClassName>(cls: C, held: Held<C>): BlockerObject => ({
  class: cls,
  uuid: held.record.uuid,
  name: held.record.name_label,
});

export const there = (cls: string, fact: { readonly uuid: string; readonly name: string }): BlockerObject => ({
  class: cls,
  uuid: fact.uuid,
  name: fact.name,
});

const nouns: Readonly<Record<string, string>> = { VDI: 'disk', VIF: 'NIC', VBD: 'drive' };

/** `VM "web"`; an object without a name is called by its uuid. */
export const say = (object: BlockerObject): string =>
  `${nouns[object.class] ?? object.class} ${object.name === '' ? object.uuid : `"${object.name}"`}`;

/** A size for people, in powers of 1024. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = count;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
