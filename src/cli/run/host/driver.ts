// `hostdriver-select`: a variant of a driver, by its name.

import type { Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';

export const selectVariant: Handler = async ({ args, session: open }) => {
  const session = await open();
  const self = await byUuid(session, 'Host_driver', args.text('uuid'));
  const wanted = args.text('variant-name');
  const names: string[] = [];
  for (const variant of await session.call('Host_driver.get_variants', { self })) {
    const name = await session.call('Driver_variant.get_name', { self: variant });
    if (name === wanted) {
      await session.call('Host_driver.select', { self, variant });
      return;
    }
    names.push(name);
  }
  throw new CommandError(`The driver has no variant ${wanted}; it has: ${names.join(', ') || 'none'}`);
};
