// VBD.create and VBD.destroy.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef, nullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { BoundCreateArgs } from '../../model/index.ts';
import { handleInvalid, XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';

const maxDevice = 254;

/** The lowest device that no other takes. */
const freeDevice = (used: ReadonlySet<string>): string => {
  for (let i = 0; i <= maxDevice; i++) if (!used.has(String(i))) return String(i);
  throw new XenError('INVALID_DEVICE', ['autodetect']);
};

/** XenAPI takes numbers and Linux' names; the record holds the text given. */
const isDevice = (device: string): boolean =>
  /^\d{1,3}$/.test(device) ? Number(device) <= maxDevice : /^(hd[a-d]|xvd[a-p]|sd[a-p])$/.test(device);

const chooseDevice = (db: Reader, vm: Ref<'VM'>, wanted: string): string => {
  const used = new Set(db.need('VM', vm).VBDs.map(ref => db.need('VBD', ref).userdevice));
  if (wanted === 'autodetect') return freeDevice(used);
  if (!isDevice(wanted)) throw new XenError('INVALID_DEVICE', [wanted]);
  if (used.has(wanted)) throw new XenError('DEVICE_ALREADY_EXISTS', [wanted]);
  return wanted;
};

const assertMedium = (db: Reader, args: BoundCreateArgs<'VBD'>): void => {
  if (args.type === 'CD' && args.mode !== 'RO') throw new XenError('VBD_CDS_MUST_BE_READONLY');
  if (args.empty) {
    if (args.type !== 'CD') throw handleInvalid('VDI', args.VDI);
    return;
  }
  const vdi = db.need('VDI', args.VDI);
  if (!vdi.managed) throw new XenError('VDI_NOT_MANAGED', [args.VDI]);
  if (vdi.read_only && args.mode === 'RW') throw new XenError('VDI_READONLY', [args.VDI]);
};

export const createOps: OpsOf<'VBD'> = {
  create: (call, { args }) =>
    change(call.services.db, tx => {
      tx.need('VM', args.VM);
      assertMedium(tx, args);
      const userdevice = chooseDevice(tx, args.VM, args.userdevice);
      return tx.insert('VBD', { ...args, userdevice, device: '', currently_attached: false, VDI: args.empty ? nullRef() : args.VDI });
    }),
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      const vbd = tx.need('VBD', self);
      const vm = isNullRef(vbd.VM) ? undefined : tx.get('VM', vbd.VM);
      if (vbd.currently_attached) {
        throw new XenError('OPERATION_NOT_ALLOWED', [`VBD '${vbd.uuid}' still attached to '${vm?.uuid ?? ''}'`]);
      }
      tx.delete('VBD', self);
    }),
};
