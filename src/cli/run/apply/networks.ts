// Networks: those of the file, and those that its bonds and VLANs need.

import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { RecordOf } from '../../../model/index.ts';
import type { Place } from './document.ts';
import { addChanges, change, type Planning, setting, someKeys, wholeSet, wrong } from './plan.ts';
import type { DeclaredNetwork } from './schema.ts';
import { type Found, named } from './state.ts';

export const DEFAULT_MTU = 1500;

export const planNetworks = (planning: Planning, declared: readonly DeclaredNetwork[]): void => {
  const seen = new Set<string>();
  for (const each of declared) {
    if (seen.has(each.name)) wrong(planning, each.at('name'), `the network ${each.name} is declared twice`);
    else planNetwork(planning, each);
    seen.add(each.name);
  }
};

const planNetwork = (planning: Planning, declared: DeclaredNetwork): void => {
  const { name, description, mtu, locking, tags } = declared;
  const found = theNetwork(planning, name, declared.at('name'));
  if (found === 'several') return;
  if (found === undefined) return create(planning, declared);
  const [ref, record] = found;
  addChanges(planning, { phase: 'network', name, ref }, [
    setting('description', { from: record.name_description, to: description }, 'network.set_name_description'),
    setting('mtu', { from: Number(record.MTU), to: mtu }, 'network.set_MTU'),
    setting('locking', { from: record.default_locking_mode, to: locking }, 'network.set_default_locking_mode'),
    wholeSet('tags', record.tags, tags, 'network.set_tags'),
    someKeys('other-config', record.other_config, declared['other-config'], { cls: 'network', field: 'other_config' }),
  ]);
};

/** The network of that name; several are a problem that is told here. */
export const theNetwork = (planning: Planning, name: string, place: Place): Found<'network'> | 'several' | undefined => {
  const found = named(planning.state, 'network', name);
  const [first, second] = found;
  if (second === undefined) return first;
  wrong(planning, place, `${found.length} networks are called ${name}: ${found.map(([, { uuid }]) => uuid).join(', ')}`);
  return 'several';
};

const create = (
  planning: Planning,
  { name, description, mtu, locking, tags, 'other-config': otherConfig }: Omit<DeclaredNetwork, 'at'>,
): void => {
  planning.coming.network.add(name);
  planning.steps.push({
    phase: 'network',
    name,
    action: 'create',
    changes: [
      ...(description === undefined ? [] : [change('description', undefined, description)]),
      ...(mtu === undefined ? [] : [change('mtu', undefined, mtu)]),
      ...(locking === undefined ? [] : [change('locking', undefined, locking)]),
      ...(tags === undefined ? [] : [change('tags', undefined, tags.join(', '))]),
      ...Object.entries(otherConfig ?? {}).map(([key, value]) => change(`other-config:${key}`, undefined, value)),
    ],
    run: async doing => {
      const args = {
        name_label: name,
        name_description: description ?? '',
        MTU: mtu ?? DEFAULT_MTU,
        other_config: otherConfig ?? {},
        bridge: '',
        managed: true,
        tags: tags ?? [],
      };
      const ref = await doing.session.call('network.create', { args });
      doing.made('network', name, ref);
      if (locking !== undefined) await doing.session.call('network.set_default_locking_mode', { network: ref, value: locking });
    },
  });
};

/** A network that a bond or a VLAN carries: made if it is not there and not declared. False if there are several of its name. */
export const needNetwork = (planning: Planning, name: string, place: Place): boolean => {
  if (planning.coming.network.has(name)) return true;
  const found = theNetwork(planning, name, place);
  if (found === undefined) create(planning, { name });
  return found !== 'several';
};

/** The interface of a host that is connected to the network of that name. */
export const connected = (planning: Planning, host: Ref<'host'>, name: string): RecordOf<'PIF'> | undefined => {
  const network = named(planning.state, 'network', name)[0]?.[0];
  return planning.state.all('PIF').find(([, pif]) => pif.network === network && pif.host === host && isNullRef(pif.bond_slave_of))?.[1];
};
