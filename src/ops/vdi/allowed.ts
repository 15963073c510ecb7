// What may be done with a VDI, and why not: what its SR's driver can do, who uses it, what it is.

import type { Reader } from '../../db/db.ts';
import type { EnumValue, RecordOf } from '../../model/index.ts';
import type { Refusal } from '../vm/states.ts';
import { featuresOf } from '../sr/features.ts';

export type VdiOperation = EnumValue<'vdi_operations'>;

const listed: readonly VdiOperation[] = [
  'copy',
  'generate_config',
  'clone',
  'forget',
  'update',
  'resize',
  'resize_online',
  'snapshot',
  'destroy',
];

/** The driver's feature an operation needs; absent: none. */
const needs: { readonly [Op in VdiOperation]?: string } = {
  generate_config: 'VDI_GENERATE_CONFIG',
  clone: 'VDI_CLONE',
  update: 'VDI_UPDATE',
  resize: 'VDI_RESIZE',
  resize_online: 'VDI_RESIZE_ONLINE',
  snapshot: 'VDI_SNAPSHOT',
  destroy: 'VDI_DELETE',
};

/** Operations that a disk in a running guest admits. */
const whileAttached: ReadonlySet<VdiOperation> = new Set<VdiOperation>([
  'clone',
  'snapshot',
  'resize_online',
  'mirror',
  'list_changed_blocks',
]);

export interface VdiUse {
  readonly attached: boolean;
  readonly attachedReadWrite: boolean;
}

export const useOf = (db: Reader, vdi: RecordOf<'VDI'>): VdiUse => {
  const active = vdi.VBDs.map(ref => db.get('VBD', ref)).filter(vbd => vbd?.currently_attached === true);
  return { attached: active.length > 0, attachedReadWrite: active.some(vbd => vbd?.mode === 'RW') };
};

export const vdiRefusal = (db: Reader, ref: string, vdi: RecordOf<'VDI'>, op: VdiOperation): Refusal | undefined => {
  const other = Object.entries(vdi.current_operations)[0];
  if (other !== undefined) return { code: 'OTHER_OPERATION_IN_PROGRESS', params: ['VDI', ref, other[1], other[0]] };
  const use = useOf(db, vdi);
  if (op === 'copy' ? use.attachedReadWrite : use.attached && !whileAttached.has(op)) return { code: 'VDI_IN_USE', params: [ref, op] };
  const feature = needs[op];
  const features = featuresOf(db, vdi.SR);
  if (feature !== undefined && !features.has(feature)) return { code: 'SR_OPERATION_NOT_SUPPORTED', params: [vdi.SR] };
  if (op === 'snapshot' && vdi.sharable) return { code: 'VDI_IS_SHARABLE', params: [ref] };
  if (op === 'resize_online' && !use.attached)
    return { code: 'OPERATION_NOT_ALLOWED', params: ['the disk is not attached to a running VM: use resize'] };
  if ((op === 'destroy' || op === 'forget') && vdi.type === 'rrd') return { code: 'VDI_HAS_RRDS', params: [ref] };
  return undefined;
};

export const vdiOperations = (db: Reader, vdi: RecordOf<'VDI'>): readonly VdiOperation[] =>
  listed.filter(op => vdiRefusal(db, '', vdi, op) === undefined);
