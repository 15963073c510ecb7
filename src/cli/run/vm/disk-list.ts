// The disks and CD drives of VMs: for each the drive, then what is in it.

import type { Ref } from '../../../lib/brand.ts';
import { isNullRef } from '../../../lib/brand.ts';
import { valueText } from '../../../client/values.ts';
import type { Context, Handler } from '../../context.ts';
import { loadRecord } from '../../records/classes.ts';
import { type ApiRecord, Objects } from '../../records/objects.ts';
import { type Field, fieldsOf } from '../../records/spec.ts';
import { select } from '../../selectors.ts';
import { tableOf } from '../generic/list.ts';
import { snapshotOf } from '../snapshot/snapshot.ts';

const DISK_FIELDS = ['uuid', 'vm-name-label', 'userdevice'];
const CD_FIELDS = [...DISK_FIELDS, 'empty'];
const VDI_FIELDS = ['uuid', 'name-label', 'virtual-size', 'sr-name-label'];

export const disks: Handler = async context => {
  for (const item of await select(context)) await showDrives(context, item.ref as Ref<'VM'>, 'Disk');
};

export const cds: Handler = async context => {
  for (const item of await select(context)) await showDrives(context, item.ref as Ref<'VM'>, 'CD');
};

export const snapshotDisks: Handler = async context => {
  await showDrives(context, await snapshotOf(await context.session(), context.args), 'Disk');
};

const showDrives = async (context: Context, vm: Ref<'VM'>, type: 'Disk' | 'CD'): Promise<void> => {
  const session = await context.session();
  const objects = new Objects(session);
  const refs = await session.call('VM.get_VBDs', { self: vm });
  const found = await Promise.all(refs.map(async ref => ({ ref, record: await objects.record('VBD', ref) })));
  const drives = found.filter(drive => drive.record?.['type'] === type);
  for (const [i, { ref, record }] of drives.entries()) {
    if (record !== undefined)
      await showObject(context, objects, `${type} ${i} VBD:`, 'vbd', ref, record, type === 'CD' ? CD_FIELDS : DISK_FIELDS);
    const vdi = valueText(record?.['VDI']);
    const content = isNullRef(vdi) ? undefined : await objects.record('VDI', vdi);
    if (content !== undefined) await showObject(context, objects, `${type} ${i} VDI:`, 'vdi', vdi, content, VDI_FIELDS);
  }
};

const showObject = async (
  context: Context,
  objects: Objects,
  title: string,
  cls: 'vbd' | 'vdi',
  ref: string,
  record: ApiRecord,
  defaults: readonly string[],
): Promise<void> => {
  const spec = await loadRecord(cls);
  const subject = { spec, ref, record, objects, session: await context.session() };
  context.out.note(title);
  context.out.table(await tableOf([subject], chosenFields(fieldsOf(spec), context.args.get(`${cls}-params`), defaults)));
};

const chosenFields = (fields: readonly Field[], params: string | undefined, defaults: readonly string[]): readonly Field[] => {
  const visible = fields.filter(field => field.rest.hidden !== true);
  if (params === 'all') return visible;
  const wanted = new Set(params === undefined ? defaults : params.split(','));
  return visible.filter(field => wanted.has(field.name));
};
