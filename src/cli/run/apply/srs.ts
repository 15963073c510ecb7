// Storage repositories: made where there is none of the name; of one that is there, what can be changed without losing data.

import { readFile } from 'node:fs/promises';
import { isNullRef, type Ref } from '../../../lib/brand.ts';
import { addChanges, change, type Part, type Planning, setting, shown, someKeys, wholeSet, wrong } from './plan.ts';
import type { DeclaredSr } from './schema.ts';
import { type Found, hostsOf, masterOf, named } from './state.ts';

const FILE_SUFFIX = '-filename';

export const planSrs = async (planning: Planning, declared: readonly DeclaredSr[]): Promise<void> => {
  const seen = new Set<string>();
  for (const sr of declared) {
    if (seen.has(sr.name)) wrong(planning, sr.at('name'), `the SR ${sr.name} is declared twice`);
    else await planSr(planning, sr);
    seen.add(sr.name);
  }
  const defaults = declared.filter(sr => sr.default === true);
  for (const sr of defaults.slice(1)) wrong(planning, sr.at('default'), 'a pool has one default SR');
};

const planSr = async (planning: Planning, declared: DeclaredSr): Promise<void> => {
  const config = await deviceConfig(planning, declared);
  const found = named(planning.state, 'SR', declared.name);
  const [first, second] = found;
  if (second !== undefined)
    return wrong(
      planning,
      declared.at('name'),
      `${found.length} SRs are called ${declared.name}: ${found.map(([, { uuid }]) => uuid).join(', ')}`,
    );
  if (first === undefined) create(planning, declared, config);
  else compare(planning, declared, config, first);
};

/** A key that ends in `-filename` stands for the content of a file, so that secrets need not stand in the pool file. */
const deviceConfig = async (planning: Planning, declared: DeclaredSr): Promise<Readonly<Record<string, string>>> => {
  const pairs = Object.entries(declared['device-config'] ?? {}).map(async ([key, value]): Promise<readonly [string, string]> => {
    if (!key.endsWith(FILE_SUFFIX)) return [key, value];
    try {
      return [key.slice(0, -FILE_SUFFIX.length), (await readFile(value, 'utf8')).replace(/\n$/, '')];
    } catch (error) {
      wrong(planning, declared.at('device-config'), `${value} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return [key, ''];
    }
  });
  return Object.fromEntries(await Promise.all(pairs));
};

const create = (planning: Planning, declared: DeclaredSr, config: Readonly<Record<string, string>>): void => {
  const { name, type, description, 'content-type': contentType, shared, tags, 'other-config': otherConfig } = declared;
  planning.coming.SR.add(name);
  const types = planning.state.all('SM').map(([, sm]) => sm.type);
  if (types.length > 0 && !types.includes(type))
    return wrong(planning, declared.at('type'), `the pool has no storage driver for ${type}: there are ${types.toSorted().join(', ')}`);
  const host = declared.host === undefined ? masterOf(planning.state) : hostNamed(planning, declared, declared.host);
  if (host === undefined) return;
  planning.steps.push({
    phase: 'SR',
    name,
    action: 'create',
    changes: [
      change('type', undefined, type),
      ...(description === undefined ? [] : [change('description', undefined, description)]),
      ...(contentType === undefined ? [] : [change('content-type', undefined, contentType)]),
      ...(shared === undefined ? [] : [change('shared', undefined, shared)]),
      ...(declared.host === undefined ? [] : [change('host', undefined, declared.host)]),
      ...Object.entries(config).map(([key, value]) => change(`device-config:${key}`, undefined, shown(key, value))),
      ...(declared.default === true ? [change('default', undefined, true)] : []),
      ...(tags === undefined ? [] : [change('tags', undefined, tags.join(', '))]),
      ...Object.entries(otherConfig ?? {}).map(([key, value]) => change(`other-config:${key}`, undefined, shown(key, value))),
    ],
    run: async doing => {
      const ref = await doing.task('SR.create', [host, config, 0, name, description ?? '', type, contentType ?? '', shared ?? false, {}]);
      doing.made('SR', name, ref);
      for (const part of settings(declared, {}, [])) if (part.changes.length > 0) await part.run(doing, ref);
      if (declared.default === true) await defaultPart(planning, true, undefined).run(doing, ref);
    },
  });
};

const hostNamed = (planning: Planning, declared: DeclaredSr, name: string): Ref<'host'> | undefined => {
  const hosts = hostsOf(planning.state, [name]);
  if (typeof hosts !== 'string') return hosts[0]?.[0];
  wrong(planning, declared.at('host'), `there is no host called ${name}`);
  return undefined;
};

const compare = (planning: Planning, declared: DeclaredSr, config: Readonly<Record<string, string>>, [ref, record]: Found<'SR'>): void => {
  const { name, type, shared } = declared;
  const pbds = planning.state.all('PBD').filter(([, pbd]) => pbd.SR === ref);
  if (record.type !== type)
    return wrong(planning, declared.at('type'), `the SR ${name} is of type ${record.type}: a type cannot be changed`);
  if (shared !== undefined && record.shared !== shared)
    return wrong(planning, declared.at('shared'), `the SR ${name} is ${record.shared ? '' : 'not '}shared: that cannot be changed here`);
  for (const [key, value] of Object.entries(config)) {
    const other = pbds.find(([, pbd]) => pbd.device_config[key] !== value);
    if (other !== undefined) {
      const there = other[1].device_config[key];
      wrong(
        planning,
        declared.at('device-config'),
        `the SR ${name} has ${key}=${there === undefined ? '' : shown(key, there)}: where its data lies cannot be changed in place`,
      );
    }
  }
  const unplugged = pbds.filter(([, pbd]) => !pbd.currently_attached);
  const attach: Part = {
    changes: unplugged.length === 0 ? [] : [change('attached', false, true)],
    run: async ({ session }) => {
      for (const [self] of unplugged) await session.call('PBD.plug', { self });
    },
  };
  addChanges(planning, { phase: 'SR', name, ref }, [
    setting('description', { from: record.name_description, to: declared.description }, 'SR.set_name_description'),
    attach,
    defaultPart(planning, declared.default === true, ref),
    ...settings(declared, record.other_config, record.tags),
  ]);
};

const settings = (declared: DeclaredSr, otherConfig: Readonly<Record<string, string>>, tags: readonly string[]): readonly Part[] => [
  wholeSet('tags', tags, declared.tags, 'SR.set_tags'),
  someKeys('other-config', otherConfig, declared['other-config'], { cls: 'SR', field: 'other_config' }),
];

/** The SR of the pool for new disks. */
const defaultPart = (planning: Planning, wanted: boolean, ref: string | undefined): Part => {
  const [pool] = planning.state.all('pool');
  const now = pool?.[1].default_SR;
  const old = now !== undefined && !isNullRef(now) ? planning.state.get('SR', now)?.name_label : undefined;
  return {
    changes: wanted && now !== ref ? [change('default', old === undefined ? false : `${old} is`, true)] : [],
    run: async ({ session }, sr) => {
      if (pool !== undefined) await session.raw('pool.set_default_SR', [pool[0], sr]);
    },
  };
};
