// Patches and updates from files. Their content becomes a disk that carries their name.

import { basename } from 'node:path';
import type { Session } from '../../../client/session.ts';
import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid, defaultSr, uuidOf } from '../../lookup.ts';
import { sendFile } from '../../transfer.ts';

export const uploadPatch: Handler = async context => {
  const session = await context.session();
  const patch = await sendFile(context, { path: '/pool_patch_upload', title: 'Sending the patch' }, context.args.text('file-name'));
  const update = await session.call('pool_patch.get_pool_update', { self: patch as Ref<'pool_patch'> });
  if (!isNullRef(update)) await nameDisk(session, await session.call('pool_update.get_vdi', { self: update }), context);
  context.out.direct(`${await uuidOf(session, 'pool_patch', patch)}\n`);
};

export const uploadUpdate: Handler = async context => {
  const session = await context.session();
  const uuid = context.args.get('sr-uuid');
  const sr = uuid === undefined ? await defaultSr(session) : await byUuid(session, 'SR', uuid);
  if (sr === undefined) throw new CommandError('The pool has no default SR: name one by sr-uuid=');
  const transfer = { path: '/import_raw_vdi', query: { sr_id: sr, format: 'raw' }, title: 'Sending the update' };
  const vdi = (await sendFile(context, transfer, context.args.text('file-name'))) as Ref<'VDI'>;
  const update = await introduce(session, vdi);
  await nameDisk(session, vdi, context);
  context.out.direct(`${await uuidOf(session, 'pool_update', update)}\n`);
};

/** What is no update leaves no disk behind. */
const introduce = async (session: Session, vdi: Ref<'VDI'>): Promise<Ref<'pool_update'>> => {
  try {
    return await session.call('pool_update.introduce', { vdi });
  } catch (error) {
    await session.call('VDI.destroy', { self: vdi });
    throw error;
  }
};

const nameDisk = async (session: Session, self: Ref<'VDI'>, { args }: Context): Promise<void> => {
  if (!isNullRef(self)) await session.call('VDI.set_name_label', { self, value: `Update: ${basename(args.text('file-name'))}` });
};
