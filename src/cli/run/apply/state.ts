// The pool as it is: the records that a plan is made against, by reference and by name.

import type { Session } from '../../../client/session.ts';
import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { ClassName, RecordOf } from '../../../model/index.ts';
import { asRecord } from '../../records/objects.ts';

const stateClasses = [
  'pool',
  'host',
  'network',
  'PIF',
  'Bond',
  'VLAN',
  'SM',
  'SR',
  'PBD',
  'VM',
  'VBD',
  'VIF',
  'VDI',
] as const satisfies readonly ClassName[];
type StateClass = (typeof stateClasses)[number];

export type Found<C extends ClassName> = readonly [ref: Ref<C>, record: RecordOf<C>];

export interface PoolState {
  readonly all: <C extends StateClass>(cls: C) => readonly Found<C>[];
  readonly get: <C extends StateClass>(cls: C, ref: Ref<C>) => RecordOf<C> | undefined;
}

/** Reads the classes, all at once. */
export const readState = async (session: Session, classes: ReadonlySet<StateClass>): Promise<PoolState> => {
  const loaded = new Map<string, ReadonlyMap<string, unknown>>();
  await Promise.all(
    [...classes].map(async cls => {
      const records = asRecord(await session.raw(`${cls}.get_all_records`)) ?? {};
      loaded.set(cls, new Map(Object.entries(records)));
    }),
  );
  // What the server sent as records of the class are such; fields that an old one does not know are absent, and compared as such.
  const all = <C extends StateClass>(cls: C): readonly Found<C>[] => [...(loaded.get(cls) ?? [])] as unknown as readonly Found<C>[];
  const get = <C extends StateClass>(cls: C, ref: Ref<C>): RecordOf<C> | undefined => loaded.get(cls)?.get(ref) as RecordOf<C> | undefined;
  return { all, get };
};

/** What the sections of a file are compared with. */
export const classesFor = (sections: {
  readonly network: boolean;
  readonly storage: boolean;
  readonly vms: boolean;
}): ReadonlySet<StateClass> =>
  new Set<StateClass>([
    'pool',
    'host',
    ...(sections.network || sections.vms ? (['network'] as const) : []),
    ...(sections.network ? (['PIF', 'Bond', 'VLAN'] as const) : []),
    ...(sections.storage || sections.vms ? (['SM', 'SR', 'PBD'] as const) : []),
    ...(sections.vms ? (['VM', 'VBD', 'VIF', 'VDI'] as const) : []),
  ]);

export const named = <C extends 'network' | 'SR' | 'host'>(state: PoolState, cls: C, name: string): readonly Found<C>[] =>
  state.all<C>(cls).filter(([, record]) => record.name_label === name || record.uuid === name);

/** The hosts that are meant: all, or those of these names. The first name that no host has is given back instead. */
export const hostsOf = (state: PoolState, names: readonly string[] | undefined): readonly Found<'host'>[] | string => {
  const all = state.all('host');
  if (names === undefined) return all;
  const found: Found<'host'>[] = [];
  for (const name of names) {
    const host = all.find(([, record]) => [record.name_label, record.hostname, record.uuid].includes(name));
    if (host === undefined) return name;
    found.push(host);
  }
  return found;
};

export const masterOf = (state: PoolState): Ref<'host'> | undefined => state.all('pool')[0]?.[1].master ?? state.all('host')[0]?.[0];

/** The bond that the interface is a member of. */
export const bondOf = (state: PoolState, pif: RecordOf<'PIF'>): RecordOf<'Bond'> | undefined =>
  isNullRef(pif.bond_slave_of) ? undefined : state.get('Bond', pif.bond_slave_of);
