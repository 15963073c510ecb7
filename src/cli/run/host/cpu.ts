// CPUs of hosts and of the pool.

import type { Context, Handler } from '../../context.ts';
import { byUuid, thePool, thisHost } from '../../lookup.ts';
import type { Cell } from '../../printer.ts';

const cpuInfo = async (context: Context): Promise<Readonly<Record<string, string>>> => {
  const session = await context.session();
  const uuid = context.args.get('uuid');
  const host = uuid === undefined ? await thisHost(session) : await byUuid(session, 'host', uuid);
  return await session.call('host.get_cpu_info', { self: host });
};

const present = (values: Readonly<Record<string, string>>, keys: readonly string[]): readonly Cell[] =>
  keys.flatMap((key): readonly Cell[] => (values[key] === undefined ? [] : [[key, values[key]]]));

export const info: Handler = async context => {
  context.out.table([Object.entries(await cpuInfo(context))]);
};

export const features: Handler = async context => {
  const keys = ['features_pv', 'features_hvm', 'features_pv_host', 'features_hvm_host'];
  context.out.table([present(await cpuInfo(context), keys)]);
};

export const poolFeatures: Handler = async context => {
  const session = await context.session();
  const values = await session.call('pool.get_cpu_info', { self: await thePool(session) });
  context.out.table([present(values, ['features_pv_host', 'features_hvm_host'])]);
};
