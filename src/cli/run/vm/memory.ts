// One size as the least and the most memory that a VM should use.

import type { Ref } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { forEach, select } from '../../selectors.ts';

export const target: Handler = async context => {
  const session = await context.session();
  const size = context.args.bytes('target');
  return await forEach(context, await select(context), async item => {
    await session.call('VM.set_memory_dynamic_range', { self: item.ref as Ref<'VM'>, min: size, max: size });
  });
};
