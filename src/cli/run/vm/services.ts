// `vm-query-services`: what a VM offers to others.

import type { Ref } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { forEach, select } from '../../selectors.ts';

export const query: Handler = async context =>
  await forEach(context, await select(context), async item => {
    const services = await (await context.session()).call('VM.query_services', { self: item.ref as Ref<'VM'> });
    context.out.table([[['Type', 'Name'], ...Object.entries(services)]]);
  });
