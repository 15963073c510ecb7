// `vm-disk-add` and `vm-disk-remove`.

import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, defaultSr } from '../../lookup.ts';
import { forEach, select } from '../../selectors.ts';

export const add: Handler = async context => {
  const session = await context.session();
  const size = context.args.bytes('disk-size');
  const device = context.args.text('device');
  return await forEach(context, await select(context), async item => {
    const vm = item.ref as Ref<'VM'>;
    const vdi = await session.call('VDI.create', { args: newDisk(await srFor(context), size) });
    try {
      await attach(session, vm, vdi, device);
    } catch (error) {
      await session.call('VDI.destroy', { self: vdi });
      throw error;
    }
  });
};

const srFor = async (context: Context): Promise<Ref<'SR'>> => {
  const session = await context.session();
  const uuid = context.args.get('sr-uuid');
  const sr = uuid === undefined ? await defaultSr(session) : await byUuid(session, 'SR', uuid);
  if (sr === undefined) throw new CommandError('No SR specified and Pool default SR is null');
  return sr;
};

const newDisk = (sr: Ref<'SR'>, size: number) => ({
  name_label: 'Created by xe',
  name_description: '',
  SR: sr,
  virtual_size: size,
  type: 'user' as const,
  sharable: false,
  read_only: false,
  other_config: {},
  xenstore_data: {},
  sm_config: {},
  tags: [],
});

const attach = async (session: Session, vm: Ref<'VM'>, vdi: Ref<'VDI'>, device: string): Promise<void> => {
  const vbd = await session.call('VBD.create', {
    args: {
      VM: vm,
      VDI: vdi,
      userdevice: device,
      bootable: false,
      mode: 'RW',
      type: 'Disk',
      empty: false,
      unpluggable: true,
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    },
  });
  if ((await session.call('VM.get_power_state', { self: vm })) === 'Running') await session.call('VBD.plug', { self: vbd });
};

export const remove: Handler = async context => {
  const session = await context.session();
  const device = context.args.text('device');
  return await forEach(context, await select(context), async item => {
    const vbd = await driveAt(session, item.ref as Ref<'VM'>, device);
    const vdi = await session.call('VBD.get_VDI', { self: vbd });
    await session.call('VBD.destroy', { self: vbd });
    if (!isNullRef(vdi)) await session.call('VDI.destroy', { self: vdi });
  });
};

const driveAt = async (session: Session, vm: Ref<'VM'>, device: string): Promise<Ref<'VBD'>> => {
  for (const vbd of await session.call('VM.get_VBDs', { self: vm })) {
    const record = await session.call('VBD.get_record', { self: vbd });
    if (record.userdevice === device && record.type !== 'CD') return vbd;
  }
  throw new CommandError('Disk not found');
};
