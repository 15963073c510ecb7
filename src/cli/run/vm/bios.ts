// Whether a VM has BIOS strings of its own.

import type { Ref } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { forEach, select } from '../../selectors.ts';

const GENERIC_VENDOR = 'Xen';

export const isCustomized: Handler = async context => {
  const session = await context.session();
  return await forEach(
    context,
    await select(context),
    async item => {
      const strings = await session.call('VM.get_bios_strings', { self: item.ref as Ref<'VM'> });
      if (Object.keys(strings).length === 0) return ['The BIOS strings of this VM have not yet been set.'];
      return [strings['bios-vendor'] === GENERIC_VENDOR ? 'This VM is BIOS-generic.' : 'This VM is BIOS-customized.'];
    },
    'notes',
  );
};
