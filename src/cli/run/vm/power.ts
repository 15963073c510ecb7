// The power of VMs: start, shutdown, reboot, suspend, resume, pause, unpause.

import { isXenError } from '../../../model/error.ts';
import type { MessageName, ParamsOf } from '../../../model/index.ts';
import type { Ref } from '../../../lib/brand.ts';
import { callAsTask } from '../../async-call.ts';
import type { Context, Handler } from '../../context.ts';
import { forceNeeded } from '../../exit.ts';
import { hostByName } from '../../lookup.ts';
import { withMessages } from '../../messages.ts';
import { forEach, select, type Selected } from '../../selectors.ts';

const vmOf = (item: Selected): Ref<'VM'> => item.ref as Ref<'VM'>;

/** One operation on each selected VM. */
const onEach =
  (operation: (context: Context, item: Selected) => Promise<void>): Handler =>
  async context =>
    await forEach(context, await select(context), async item => {
      await withMessages(context, item, async () => await operation(context, item));
    });

const asTask = async <M extends MessageName>(
  context: Context,
  item: Selected,
  verb: string,
  message: M,
  params: ParamsOf<M>,
): Promise<void> => {
  await callAsTask(context, message, params, { title: `${verb} ${String(item.record['name_label'])}` });
};

export const start = onEach(async (context, item) => {
  const { args } = context;
  const options = { vm: vmOf(item), start_paused: args.bool('paused'), force: args.bool('force') };
  const on = args.get('on');
  try {
    if (on === undefined) await asTask(context, item, 'Starting', 'VM.start', options);
    else await asTask(context, item, 'Starting', 'VM.start_on', { ...options, host: await hostByName(await context.session(), on) });
  } catch (error) {
    if (isXenError(error, 'NO_HOSTS_AVAILABLE')) await tellHosts(context, item);
    throw error;
  }
});

export const resume = onEach(async (context, item) => {
  const { args } = context;
  const options = { vm: vmOf(item), start_paused: false, force: args.bool('force') };
  const on = args.get('on');
  try {
    if (on === undefined) await asTask(context, item, 'Resuming', 'VM.resume', options);
    else await asTask(context, item, 'Resuming', 'VM.resume_on', { ...options, host: await hostByName(await context.session(), on) });
  } catch (error) {
    if (isXenError(error, 'NO_HOSTS_AVAILABLE')) await tellHosts(context, item);
    throw error;
  }
});

/** Why the VM can start on none of the hosts, one line for each. */
const tellHosts = async (context: Context, item: Selected): Promise<void> => {
  const { bootRows } = await import('../diagnostic/vm.ts');
  const cells = await bootRows(context, vmOf(item));
  context.out.note('There are no suitable hosts to start this VM on.');
  context.out.note('The following table provides per-host reasons for why the VM could not be started:\n');
  context.out.table([cells]);
};

export const shutdown = onEach(async (context, item) => {
  const message = context.args.bool('force') ? 'VM.hard_shutdown' : 'VM.clean_shutdown';
  await asTask(context, item, 'Shutting down', message, { vm: vmOf(item) });
});

export const reboot = onEach(async (context, item) => {
  const message = context.args.bool('force') ? 'VM.hard_reboot' : 'VM.clean_reboot';
  await asTask(context, item, 'Restarting', message, { vm: vmOf(item) });
});

export const suspend = onEach(async (context, item) => await asTask(context, item, 'Suspending', 'VM.suspend', { vm: vmOf(item) }));

export const pause = onEach(async (context, item) => await (await context.session()).call('VM.pause', { vm: vmOf(item) }));

export const unpause = onEach(async (context, item) => await (await context.session()).call('VM.unpause', { vm: vmOf(item) }));

export const resetPowerState: Handler = async context => {
  if (!context.args.bool('force')) throw forceNeeded();
  const session = await context.session();
  return await forEach(context, await select(context), async item => {
    await session.call('VM.power_state_reset', { vm: vmOf(item) });
  });
};
