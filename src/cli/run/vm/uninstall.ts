// VMs, snapshots and templates removed with their disks, after a question.

import type { Ref } from '../../../lib/brand.ts';
import { isNullRef } from '../../../lib/brand.ts';
import { XenError } from '../../../model/error.ts';
import type { Session } from '../../../client/session.ts';
import { confirmed } from '../../confirm.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';
import { select } from '../../selectors.ts';
import { snapshotUuid } from '../snapshot/snapshot.ts';

export const uninstall: Handler = async context => {
  const chosen = await select(context);
  await removeAll(
    context,
    chosen.map(item => item.ref as Ref<'VM'>),
  );
};

export const uninstallSnapshot: Handler = async context => {
  await removeAll(context, [await byUuid(await context.session(), 'VM', snapshotUuid(context.args))]);
};

export const uninstallTemplate: Handler = async context => {
  const session = await context.session();
  const uuid = context.args.text('template-uuid');
  const template = await byUuid(session, 'VM', uuid);
  if (!(await session.call('VM.get_is_a_template', { self: template })))
    throw new CommandError(`This operation can only be performed on a VM template. ${uuid} is not a VM template.`);
  await removeAll(context, [template]);
};

/** The record alone; the disks stay. */
export const destroy: Handler = async context => {
  const session = await context.session();
  const self = await byUuid(session, 'VM', context.args.text('uuid'));
  if (await session.call('VM.get_is_control_domain', { self }))
    throw new XenError('OPERATION_NOT_ALLOWED', ['You cannot destroy a control domain via the CLI']);
  await session.call('VM.destroy', { self });
};

interface Doomed {
  readonly vm: Ref<'VM'>;
  readonly line: string;
  readonly disks: readonly { readonly ref: Ref<'VDI'>; readonly line: string }[];
}

const removeAll = async (context: Context, vms: readonly Ref<'VM'>[]): Promise<void> => {
  const session = await context.session();
  const doomed = await Promise.all(vms.map(vm => inspect(session, vm)));
  const lines = doomed.flatMap(each => [each.line, ...each.disks.map(disk => disk.line)]);
  context.out.direct(['The following items are about to be destroyed', ...lines].map(line => `${line}\n`).join(''));
  if (!(await confirmed(context))) return;
  for (const each of doomed) await remove(session, each);
  context.out.direct('All objects destroyed\n');
};

/** Disks that the VM alone uses, and what it was suspended to. */
const inspect = async (session: Session, vm: Ref<'VM'>): Promise<Doomed> => {
  const record = await session.call('VM.get_record', { self: vm });
  const vbds = await Promise.all(record.VBDs.map(vbd => session.call('VBD.get_record', { self: vbd })));
  const own = vbds.filter(vbd => vbd.type !== 'CD' && !isNullRef(vbd.VDI)).map(vbd => vbd.VDI);
  const refs = [...new Set([...own, ...(isNullRef(record.suspend_VDI) ? [] : [record.suspend_VDI])])];
  const disks = await Promise.all(
    refs.map(async ref => {
      const disk = await session.call('VDI.get_record', { self: ref });
      return { ref, line: `VDI: ${disk.uuid} (${disk.name_label}) `, shared: disk.VBDs.length > 1 };
    }),
  );
  return { vm, line: `VM : ${record.uuid} (${record.name_label})`, disks: disks.filter(disk => !disk.shared) };
};

const remove = async (session: Session, { vm, disks }: Doomed): Promise<void> => {
  if ((await session.call('VM.get_power_state', { self: vm })) !== 'Halted') await session.call('VM.hard_shutdown', { vm });
  await session.call('VM.destroy', { self: vm });
  const left = await session.call('VDI.get_all', {});
  for (const { ref } of disks) if (left.includes(ref)) await session.call('VDI.destroy', { self: ref });
};
