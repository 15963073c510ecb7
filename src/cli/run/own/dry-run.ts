// `--dry-run` of commands that have none of their own: where the server has a check for their call, it is asked for the verdict on each
// object and nothing is done; where it has none, the command is refused rather than carried out.

import type { Context, Handler } from '../../context.ts';
import { UsageError } from '../../exit.ts';
import { hostByName } from '../../lookup.ts';
import { forEach, select, type Selected } from '../../selectors.ts';

/** The operation of VM.assert_operation_valid; for a named host, and with --force, it can be another. */
interface VmCheck {
  readonly operation: string;
  readonly onHost?: string;
  readonly forced?: string;
}

const vmChecks: Readonly<Record<string, VmCheck>> = {
  'vm-start': { operation: 'start', onHost: 'start_on' },
  'vm-resume': { operation: 'resume', onHost: 'resume_on' },
  'vm-shutdown': { operation: 'clean_shutdown', forced: 'hard_shutdown' },
  'vm-reboot': { operation: 'clean_reboot', forced: 'hard_reboot' },
  'vm-suspend': { operation: 'suspend' },
  'vm-pause': { operation: 'pause' },
  'vm-unpause': { operation: 'unpause' },
  'vm-migrate': { operation: 'pool_migrate', onHost: 'pool_migrate' },
  'vm-clone': { operation: 'clone' },
  'vm-copy': { operation: 'copy' },
  'vm-snapshot': { operation: 'snapshot' },
  'vm-checkpoint': { operation: 'checkpoint' },
};

const HOST_CHECK = 'host-evacuate';

/** Whether the server can be asked for the verdict alone. */
export const hasDryRun = (command: string): boolean => Object.hasOwn(vmChecks, command) || command === HOST_CHECK;

/** Says whether it would work, in place of the command. Throws UsageError if nobody can tell. */
export const dryRunOf = (command: string): Handler => {
  const vmCheck = vmChecks[command];
  if (vmCheck !== undefined) return async context => await onEach(context, item => checkVm(context, item, vmCheck));
  if (command === HOST_CHECK) return async context => await onEach(context, item => ask(context, 'host.assert_can_evacuate', [item.ref]));
  throw new UsageError(`${command} has no --dry-run: nothing was done`);
};

const onEach = async (context: Context, check: (item: Selected) => Promise<void>): Promise<number> => {
  const row = { ...context.row, own: [...(context.row.own ?? []), 'dry-run'] };
  return await forEach(context, await select({ ...context, row }), async item => {
    await check(item);
    const { uuid, name_label: name } = item.record;
    return [`${String(uuid)} (${String(name)}): ${context.command} is possible`];
  });
};

const checkVm = async (context: Context, { ref }: Selected, { operation, onHost, forced }: VmCheck): Promise<void> => {
  const { args } = context;
  const host = onHost === undefined ? undefined : (args.get('on') ?? args.get('host') ?? args.get('host-uuid') ?? args.get('host-name'));
  const usual = host === undefined ? operation : (onHost ?? operation);
  await ask(context, 'VM.assert_operation_valid', [ref, forced !== undefined && args.bool('force') ? forced : usual]);
  if (host !== undefined) await ask(context, 'VM.assert_can_boot_here', [ref, await hostByName(await context.session(), host)]);
};

const ask = async (context: Context, check: string, params: readonly unknown[]): Promise<void> => {
  await (await context.session()).raw(check, params);
};
