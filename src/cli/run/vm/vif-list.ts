// What hangs on VMs: network interfaces, crash dumps.

import type { Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { loadRecord } from '../../records/classes.ts';
import { Objects } from '../../records/objects.ts';
import { fieldsOf } from '../../records/spec.ts';
import { select } from '../../selectors.ts';
import { tableOf } from '../generic/list.ts';

const VIF_FIELDS = new Set(['uuid', 'device', 'MAC', 'network-uuid', 'network-name-label', 'vm-name-label']);

export const vifs: Handler = async context => {
  const session = await context.session();
  for (const item of await select(context)) {
    const refs = await session.call('VM.get_VIFs', { self: item.ref as Ref<'VM'> });
    await showVifs(context, refs);
  }
};

const showVifs = async (context: Context, refs: readonly Ref<'VIF'>[]): Promise<void> => {
  const session = await context.session();
  const objects = new Objects(session);
  const spec = await loadRecord('vif');
  const found = await Promise.all(refs.map(async ref => ({ spec, ref, record: (await objects.record('VIF', ref)) ?? {}, objects, session })));
  context.out.table(await tableOf(found, fieldsOf(spec).filter(field => VIF_FIELDS.has(field.name))));
};

export const crashdumps: Handler = async context => {
  const session = await context.session();
  for (const item of await select(context)) {
    const refs = await session.call('VM.get_crash_dumps', { self: item.ref as Ref<'VM'> });
    const uuids = await Promise.all(refs.map(ref => session.call('crashdump.get_uuid', { self: ref })));
    context.out.table(uuids.map(uuid => [['uuid ( RO)', uuid]]));
  }
};
