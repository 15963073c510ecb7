// Figures that VMs, hosts and SRs can record: which there are, and their value now.

import type { Context, Handler } from '../../context.ts';
import type { Cell } from '../../printer.ts';
import { forEach, select } from '../../selectors.ts';

const FIELDS = ['name_label', 'name_description', 'enabled', 'standard', 'min', 'max', 'units'] as const;

const classes = { vms: 'VM', hosts: 'host', srs: 'SR' } as const;
const classOf = (context: Context): string => classes[context.row.selects ?? 'vms'];

export const list: Handler = async context => {
  const session = await context.session();
  for (const item of await select(context)) {
    const sources = await session.raw(`${classOf(context)}.get_data_sources`, [item.ref]);
    context.out.table(
      (Array.isArray(sources) ? sources : []).map(source => FIELDS.map((field): Cell => [field, text(Object(source)[field])])),
    );
  }
};

const text = (value: unknown): string => (typeof value === 'number' ? value.toFixed(3) : String(value));

export const query: Handler = async context => {
  const session = await context.session();
  const name = context.args.text('data-source');
  return await forEach(context, await select(context), async item => {
    const value = await session.raw(`${classOf(context)}.query_data_source`, [item.ref, name]);
    return [Number(value).toFixed(6)];
  });
};
