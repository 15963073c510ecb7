// New VMs made of others: clone, copy, snapshot, checkpoint. Each prints the uuids of what it made.

import { nullRef, type Ref } from '../../../lib/brand.ts';
import type { Session } from '../../../client/session.ts';
import type { Args } from '../../args.ts';
import { callAsTask } from '../../async-call.ts';
import type { Context, Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';
import { withMessages } from '../../messages.ts';
import { forEach, select } from '../../selectors.ts';

type Make = (session: Session, vm: Ref<'VM'>, args: Args, context: Context) => Promise<Ref<'VM'>>;

const making =
  (make: Make): Handler =>
  async context => {
    const session = await context.session();
    return await forEach(
      context,
      await select(context),
      async item =>
        await withMessages(context, item, async () => {
          const made = await make(session, item.ref as Ref<'VM'>, context.args, context);
          await describe(session, made, context.args);
          return [await uuidOf(session, 'VM', made)];
        }),
    );
  };

const describe = async (session: Session, vm: Ref<'VM'>, args: Args): Promise<void> => {
  const description = args.get('new-name-description');
  if (description !== undefined) await session.call('VM.set_name_description', { self: vm, value: description });
};

const newName = (args: Args): string => args.text('new-name-label');

export const clone = making(async (session, vm, args) => await session.call('VM.clone', { vm, new_name: newName(args) }));

export const copy = making(async (session, vm, args, context) => {
  const uuid = args.get('sr-uuid');
  const sr = uuid === undefined ? nullRef<'SR'>() : await byUuid(session, 'SR', uuid);
  const name = newName(args);
  return (await callAsTask(context, 'VM.copy', { vm, new_name: name, sr }, { title: `Copying to ${name}` })) as Ref<'VM'>;
});

export const snapshot = making(async (session, vm, args) => {
  const ignored = await Promise.all(args.commaList('ignore-vdi-uuids').map(uuid => byUuid(session, 'VDI', uuid)));
  return await session.call('VM.snapshot', { vm, new_name: newName(args), ...(ignored.length === 0 ? {} : { ignore_vdis: ignored }) });
});

export const snapshotWithQuiesce = making(
  async (session, vm, args) => await session.call('VM.snapshot_with_quiesce', { vm, new_name: newName(args) }),
);

export const checkpoint = making(async (_session, vm, args, context) => {
  const name = newName(args);
  return (await callAsTask(context, 'VM.checkpoint', { vm, new_name: name }, { title: `Saving ${name}` })) as Ref<'VM'>;
});
