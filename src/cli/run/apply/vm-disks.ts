// The disks of a VM that is declared: each by its device. New ones are made, those that are there grow.

import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { Doing } from './perform.ts';
import { change, type Part, type Planning, wrong } from './plan.ts';
import type { DeclaredDisk, DeclaredVm } from './schema.ts';
import { type Found, named } from './state.ts';
import { sizeText } from './size-text.ts';

/** `found` is the VM, or the template that it is made from. */
export const diskParts = (planning: Planning, declared: DeclaredVm, found: Found<'VM'>, halted: boolean): readonly Part[] => {
  const [, { is_a_template: isNew }] = found;
  const seen = new Set<number>();
  return (declared.disks ?? []).flatMap((disk, i): readonly Part[] => {
    const device = disk.device ?? i;
    if (seen.has(device)) wrong(planning, disk.at('device'), `device ${device} is declared twice`);
    seen.add(device);
    const vbd = vbdAt(planning, found, device);
    if (vbd?.[1].type === 'CD') {
      wrong(planning, disk.at('device'), `device ${device} of ${declared.name} is a CD drive: give the disk another device`);
      return [];
    }
    return vbd === undefined
      ? newDisk(planning, declared, disk, device)
      : knownDisk(planning, { disk, device, vdi: vbd[1].VDI, isNew, halted });
  });
};

const vbdAt = (planning: Planning, [, vm]: Found<'VM'>, device: number): Found<'VBD'> | undefined => {
  const vbd = vm.VBDs.find(ref => planning.state.get('VBD', ref)?.userdevice === String(device));
  const record = vbd && planning.state.get('VBD', vbd);
  return vbd === undefined || record === undefined ? undefined : [vbd, record];
};

export const hasDefaultSr = (planning: Planning): boolean => {
  const now = planning.state.all('pool')[0]?.[1].default_SR;
  const isComing = planning.steps.some(({ phase, changes }) => phase === 'SR' && changes.some(({ field }) => field === 'default'));
  return isComing || (now !== undefined && !isNullRef(now) && planning.state.get('SR', now) !== undefined);
};

const newDisk = (planning: Planning, vm: DeclaredVm, disk: DeclaredDisk, device: number): readonly Part[] => {
  const { sr, size } = disk;
  if (sr !== undefined) {
    const found = planning.coming.SR.has(sr) ? 1 : named(planning.state, 'SR', sr).length;
    if (found !== 1) wrong(planning, disk.at('sr'), found === 0 ? `there is no SR called ${sr}` : `${found} SRs are called ${sr}`);
  } else if (!hasDefaultSr(planning)) {
    wrong(planning, disk.at(), 'the pool has no default SR: say which one, with sr');
  }
  const name = disk.name ?? `${vm.name} ${device}`;
  return [
    {
      changes: [change(`disk ${device}`, undefined, `${name}, ${sizeText(size)}${sr === undefined ? '' : ` on ${sr}`}`)],
      run: async (doing, ref) => {
        const record = { name_label: name, name_description: disk.description ?? '', virtual_size: size };
        await attachNew(doing, ref, String(device), {
          ...record,
          SR: sr === undefined ? await defaultSr(doing) : await doing.ref('SR', sr),
        });
      },
    },
  ];
};

const defaultSr = async ({ session }: Doing): Promise<Ref<'SR'>> => {
  const [pool] = await session.call('pool.get_all', {});
  return (await session.raw('pool.get_default_SR', [pool])) as Ref<'SR'>;
};

interface NewDisk {
  readonly name_label: string;
  readonly name_description: string;
  readonly virtual_size: number;
  readonly SR: Ref<'SR'>;
}

const attachNew = async (doing: Doing, vm: string, userdevice: string, disk: NewDisk): Promise<void> => {
  const { session, task } = doing;
  const args = { ...disk, type: 'user', sharable: false, read_only: false, other_config: {}, xenstore_data: {}, sm_config: {}, tags: [] };
  const vdi = await task('VDI.create', [args]);
  const vbd = await session.raw('VBD.create', [
    {
      VM: vm,
      VDI: vdi,
      userdevice,
      bootable: userdevice === '0',
      mode: 'RW',
      type: 'Disk',
      unpluggable: true,
      empty: false,
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    },
  ]);
  if ((await session.raw('VM.get_power_state', [vm])) === 'Running') await session.raw('VBD.plug', [vbd]);
};

interface KnownDisk {
  readonly disk: DeclaredDisk;
  readonly device: number;
  readonly vdi: Ref<'VDI'>;
  /** It is a disk of the template, of which the new VM gets its own. */
  readonly isNew: boolean;
  readonly halted: boolean;
}

const knownDisk = (planning: Planning, { disk, device, vdi, isNew, halted }: KnownDisk): readonly Part[] => {
  const record = planning.state.get('VDI', vdi);
  if (record === undefined) return [];
  const size = Number(record.virtual_size);
  if (disk.size < size)
    wrong(planning, disk.at('size'), `the disk at device ${device} has ${sizeText(size)}: disks grow, they never shrink`);
  const sr = planning.state.get('SR', record.SR)?.name_label;
  if (disk.sr !== undefined && sr !== disk.sr)
    wrong(planning, disk.at('sr'), `the disk at device ${device} is on the SR ${sr}: move it with xcp vdi-pool-migrate, or vdi-copy`);
  const find = async ({ session }: Doing, vm: string): Promise<unknown> => (isNew ? await diskAt(session, vm, device) : vdi);
  const part = (field: string, from: string | undefined, to: string | undefined, message: string, value: unknown): Part => ({
    changes: to === undefined || from === to ? [] : [change(`disk ${device} ${field}`, from, to)],
    run: async (doing, vm) => void (await doing.session.raw(message, [await find(doing, vm), value])),
  });
  return [
    part(
      'size',
      sizeText(size),
      disk.size > size ? sizeText(disk.size) : undefined,
      halted ? 'VDI.resize' : 'VDI.resize_online',
      disk.size,
    ),
    part('name', record.name_label, disk.name, 'VDI.set_name_label', disk.name),
    part('description', record.name_description, disk.description, 'VDI.set_name_description', disk.description),
  ];
};

const diskAt = async (session: Doing['session'], vm: string, device: number): Promise<unknown> => {
  const vbds = await session.raw('VM.get_VBDs', [vm]);
  for (const vbd of Array.isArray(vbds) ? vbds : [])
    if ((await session.raw('VBD.get_userdevice', [vbd])) === String(device)) return await session.raw('VBD.get_VDI', [vbd]);
  return undefined;
};
