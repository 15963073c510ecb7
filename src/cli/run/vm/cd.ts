// CDs of VMs by their names.

import { isNullRef, type Ref } from '../../../lib/brand.ts';
import { XenError } from '../../../model/error.ts';
import type { Session } from '../../../client/session.ts';
import { CommandError } from '../../exit.ts';
import type { Context, Handler } from '../../context.ts';
import { forEach, select } from '../../selectors.ts';

const onEach =
  (operation: (session: Session, vm: Ref<'VM'>, context: Context) => Promise<void>): Handler =>
  async context => {
    const session = await context.session();
    return await forEach(context, await select(context), async item => await operation(session, item.ref as Ref<'VM'>, context));
  };

/** Disks on SRs of CDs. */
const cdNamed = async (session: Session, name: string, problem: string): Promise<Ref<'VDI'>> => {
  for (const vdi of await session.call('VDI.get_by_name_label', { label: name })) {
    const sr = await session.call('VDI.get_SR', { self: vdi });
    if ((await session.call('SR.get_content_type', { self: sr })) === 'iso') return vdi;
  }
  throw new CommandError(problem);
};

interface Drive {
  readonly ref: Ref<'VBD'>;
  readonly vdi: Ref<'VDI'>;
  readonly isEmpty: boolean;
}

const drivesOf = async (session: Session, vm: Ref<'VM'>): Promise<readonly Drive[]> => {
  const refs = await session.call('VM.get_VBDs', { self: vm });
  const all = await Promise.all(refs.map(async ref => ({ ref, record: await session.call('VBD.get_record', { self: ref }) })));
  return all.filter(({ record }) => record.type === 'CD').map(({ ref, record }) => ({ ref, vdi: record.VDI, isEmpty: record.empty }));
};

export const add = onEach(async (session, vm, { args }) => {
  const name = args.text('cd-name');
  const vdi = await cdNamed(session, name, `CD ${name} not found!`);
  const vbd = await session.call('VBD.create', {
    args: {
      VM: vm,
      VDI: vdi,
      userdevice: args.text('device'),
      bootable: false,
      mode: 'RO',
      type: 'CD',
      empty: false,
      unpluggable: true,
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    },
  });
  if ((await session.call('VM.get_power_state', { self: vm })) === 'Running') await session.call('VBD.plug', { self: vbd });
});

export const remove = onEach(async (session, vm, { args }) => {
  const name = args.text('cd-name');
  for (const drive of await drivesOf(session, vm)) {
    if (isNullRef(drive.vdi) || (await session.call('VDI.get_name_label', { self: drive.vdi })) !== name) continue;
    await session.call('VBD.destroy', { self: drive.ref });
    return;
  }
  throw new CommandError('Disk not found');
});

export const insert = onEach(async (session, vm, { args }) => {
  const drives = await drivesOf(session, vm);
  const [first, second] = drives.filter(drive => drive.isEmpty);
  if (first === undefined) throw new XenError('VM_NO_EMPTY_CD_VBD', [vm]);
  if (second !== undefined) throw new CommandError('The VM has more than one empty CD drive. Please insert the CD with vbd-insert.');
  const name = args.text('cd-name');
  await session.call('VBD.insert', { vbd: first.ref, vdi: await cdNamed(session, name, `CD ${name} not found`) });
});

export const eject = onEach(async (session, vm) => {
  const [first, second] = await drivesOf(session, vm);
  if (first === undefined) throw new CommandError('No CDs found');
  if (second !== undefined) throw new CommandError('Two or more CDs found. Please use vbd-eject');
  await session.call('VBD.eject', { vbd: first.ref });
});
