// Updates on hosts, and whether the agent answers.

import type { Ref } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';
import { forEach, select } from '../../selectors.ts';

const EXIT_UNHEALTHY = 3;

export const apply: Handler = async context =>
  await forEach(context, await select(context), async item => {
    const session = await context.session();
    const steps = await session.call('host.apply_updates', { self: item.ref as Ref<'host'>, hash: context.args.text('hash') });
    return steps.map(words => words.join('; '));
  });

const verdicts = {
  ok: 'Ok.',
  ok_livepatch_complete: 'Ok: Patch can be applied without reboot.',
  ok_livepatch_incomplete: 'Ok: Patch can be applied, but a reboot will be required.',
} as const;

export const precheck: Handler = async context => {
  const session = await context.session();
  const self = await byUuid(session, 'pool_update', context.args.text('uuid'));
  return await forEach(context, await select(context), async item => {
    const status = await session.call('pool_update.precheck', { self, host: item.ref as Ref<'host'> });
    return [verdicts[status]];
  });
};

export const healthcheck: Handler = async ({ io, out, session: open }) => {
  const session = await open();
  if (await session.call('host.ha_xapi_healthcheck', {})) {
    out.lines(['xapi is healthy.']);
    return;
  }
  io.stderr.write('xapi has reported that it is unhealthy.\n');
  return EXIT_UNHEALTHY;
};
