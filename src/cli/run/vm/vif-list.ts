// What hangs on VMs: network interfaces, crash dumps.

import type { Ref } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import type { Rows } from '../../printer.ts';
import { NOT_IN_DATABASE } from '../../records/value.ts';
import type { Context, Handler } from '../../context.ts';
import { loadRecord } from '../../records/classes.ts';
import { Objects } from '../../records/objects.ts';
import { fieldsOf } from '../../records/spec.ts';
import { select } from '../../selectors.ts';
import { tableOf } from '../generic/list.ts';

const VIF_FIELDS = new Set(['uuid', 'device', 'MAC', 'network-uuid', 'network-name-label', 'vm-name-label']);

export const vifs: Handler = async context => {
  const session = await context.session();
  for (const item of await select(context, { many: true })) {
    const refs = await session.call('VM.get_VIFs', { self: item.ref as Ref<'VM'> });
    await showVifs(context, refs);
  }
};

const showVifs = async (context: Context, refs: readonly Ref<'VIF'>[]): Promise<void> => {
  const session = await context.session();
  const objects = new Objects(session);
  const spec = await loadRecord('vif');
  const found = await Promise.all(
    refs.map(async ref => ({ spec, ref, record: (await objects.record('VIF', ref)) ?? {}, objects, session })),
  );
  context.out.table(
    await tableOf(
      found,
      fieldsOf(spec).filter(field => VIF_FIELDS.has(field.name)),
    ),
  );
};

export const crashdumps: Handler = async context => {
  const session = await context.session();
  for (const item of await select(context)) {
    const refs = await session.call('VM.get_crash_dumps', { self: item.ref as Ref<'VM'> });
    context.out.table(await Promise.all(refs.map(ref => crashdump(session, ref))));
  }
};

const crashdump = async (session: Session, ref: Ref<'crashdump'>): Promise<Rows> => {
  const record = await session.call('crashdump.get_record', { self: ref });
  const objects = new Objects(session);
  return [
    ['uuid ( RO)', record.uuid],
    ['vm-uuid ( RO)', (await objects.uuid('VM', record.VM)) ?? NOT_IN_DATABASE],
    ['vm-name-label ( RO)', (await objects.name('VM', record.VM)) ?? NOT_IN_DATABASE],
    ['vdi-uuid ( RO)', (await objects.uuid('VDI', record.VDI)) ?? NOT_IN_DATABASE],
  ];
};
