// `diagnostic-vm-status`: what would keep a VM from starting, and from starting elsewhere.

import { isXenError } from '../../../model/error.ts';
import type { Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { byUuid } from '../../lookup.ts';
import type { Rows } from '../../printer.ts';
import { showFields } from './fields.ts';

const VM_FIELDS = ['uuid', 'name-label', 'power-state', 'possible-hosts'];
const VBD_FIELDS = ['uuid', 'userdevice', 'vdi-uuid', 'empty', 'mode', 'type', 'attachable', 'storage-lock'];

export const status: Handler = async context => {
  const { args, out } = context;
  const session = await context.session();
  const vm = await byUuid(session, 'VM', args.text('uuid'));
  await showFields(context, 'vm', vm, VM_FIELDS);
  out.lines(['Checking to see whether disks are attachable']);
  for (const vbd of await session.call('VM.get_VBDs', { self: vm })) await showFields(context, 'vbd', vbd, VBD_FIELDS);
  out.lines(['Checking to see whether VM can boot on each host']);
  out.table([await bootRows(context, vm)]);
  out.lines([await agility(context, vm)]);
};

/** Each host, and why the VM cannot start there. */
export const bootRows = async (context: Context, vm: Ref<'VM'>): Promise<Rows> => {
  const session = await context.session();
  const hosts = await session.call('host.get_all_records', {});
  return await Promise.all(
    Object.entries(hosts).map(async ([host, record]): Promise<readonly [string, string]> => {
      try {
        await session.raw('VM.assert_can_boot_here', [vm, host]);
        return [record.name_label, 'OK'];
      } catch (error) {
        if (!isXenError(error)) throw error;
        const { shortReason } = await import('../../errors/sentences.ts');
        return [record.name_label, `Cannot start here [${shortReason(error.code)}]`];
      }
    }),
  );
};

const agility = async (context: Context, self: Ref<'VM'>): Promise<string> => {
  const session = await context.session();
  try {
    await session.call('VM.assert_agile', { self });
    return 'VM is agile.';
  } catch (error) {
    if (!isXenError(error)) throw error;
    const { failureText } = await import('../../render/failure.ts');
    return `VM is not agile because: ${await failureText(error, context)}`;
  }
};
