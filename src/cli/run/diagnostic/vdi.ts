// `diagnostic-vdi-status`: a disk, and the drives it is in.

import type { Context, Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';
import type { Ref } from '../../../lib/brand.ts';
import { showFields } from './fields.ts';

const VDI_FIELDS = ['uuid', 'name-label', 'sr-uuid', 'read-only', 'sharable', 'storage-lock'];
const VBD_FIELDS = ['uuid', 'vm-uuid', 'vm-name-label', 'userdevice', 'device', 'mode', 'type', 'storage-lock'];

export const status: Handler = async context => {
  const { args } = context;
  const session = await context.session();
  const vdi = await byUuid(session, 'VDI', args.text('uuid'));
  await showFields(context, 'vdi', vdi, VDI_FIELDS);
  const vbds = await session.call('VDI.get_VBDs', { self: vdi });
  const attached = await Promise.all(vbds.map(self => session.call('VBD.get_currently_attached', { self })));
  await show(
    context,
    'currently attached',
    vbds.filter((_, i) => attached[i] === true),
  );
  await show(
    context,
    'not attached',
    vbds.filter((_, i) => attached[i] !== true),
  );
};

const show = async (context: Context, state: string, vbds: readonly Ref<'VBD'>[]): Promise<void> => {
  context.out.lines([vbds.length === 0 ? `VDI is in no drive that is ${state}.` : `VDI is in drives that are ${state}:`]);
  for (const vbd of vbds) await showFields(context, 'vbd', vbd, VBD_FIELDS);
};
