// `vbd-create`: a disk or a CD drive for a VM.

import { nullRef } from '../../../lib/brand.ts';
import { CommandError } from '../../exit.ts';
import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

const types = { cd: 'CD', disk: 'Disk', floppy: 'Floppy' } as const;
const modes = { ro: 'RO', rw: 'RW' } as const;

const typeOf = (text: string): 'CD' | 'Disk' | 'Floppy' => {
  const word = text.toLowerCase();
  if (word === 'cd' || word === 'disk' || word === 'floppy') return types[word];
  throw new CommandError(`"Unknown type: ${word} (should be "cd", "disk" or "floppy"`);
};

const modeOf = (text: string): 'RO' | 'RW' => {
  const word = text.toLowerCase();
  if (word === 'ro' || word === 'rw') return modes[word];
  throw new CommandError(`Unknown mode: ${word} (should be "ro" or "rw"`);
};

export const create: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const vm = await byUuid(session, 'VM', args.text('vm-uuid'));
  const vdiUuid = args.get('vdi-uuid');
  const type = typeOf(args.get('type') ?? 'disk');
  if (vdiUuid === undefined && type !== 'CD') throw new CommandError('Empty VBDs can only be made for type=CD');
  const vdi = vdiUuid === undefined ? nullRef<'VDI'>() : await byUuid(session, 'VDI', vdiUuid);
  const vbd = await session.call('VBD.create', {
    args: {
      VM: vm,
      VDI: vdi,
      userdevice: args.text('device'),
      bootable: args.bool('bootable'),
      mode: modeOf(args.get('mode') ?? 'rw'),
      type,
      unpluggable: args.bool('unpluggable', true),
      empty: vdiUuid === undefined,
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    },
  });
  out.lines([await uuidOf(session, 'VBD', vbd)]);
};
