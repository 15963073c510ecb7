// VMs and appliances of another pool, out of its database on a disk.

import { Session } from '../../../client/session.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';

/** The database that `database:vdi-uuid=` names, for as long as `use` takes. */
const withDatabase = async (context: Context, use: (database: Session, own: Session) => Promise<void>): Promise<void> => {
  const { 'vdi-uuid': vdi } = context.args.map('database');
  if (vdi === undefined)
    throw new CommandError("A parameter of the form 'database:vdi-uuid=<uuid>' must be specified to run this command.");
  const own = await context.session();
  const ref = await own.call('VDI.open_database', { self: await byUuid(own, 'VDI', vdi) });
  const database = new Session(own.transport, ref);
  try {
    await use(database, own);
  } finally {
    await database.raw('session.logout');
  }
};

export const recoverVm: Handler = async context =>
  await withDatabase(context, async (database, own) => {
    const self = await byUuid(database, 'VM', context.args.text('uuid'));
    await database.call('VM.recover', { self, session_to: own.ref, force: context.args.bool('force') });
  });

export const assertVm: Handler = async context =>
  await withDatabase(context, async (database, own) => {
    const self = await byUuid(database, 'VM', context.args.text('uuid'));
    await database.call('VM.assert_can_be_recovered', { self, session_to: own.ref });
  });

export const recoverAppliance: Handler = async context =>
  await withDatabase(context, async (database, own) => {
    const self = await byUuid(database, 'VM_appliance', context.args.text('uuid'));
    await database.call('VM_appliance.recover', { self, session_to: own.ref, force: context.args.bool('force') });
  });

export const assertAppliance: Handler = async context =>
  await withDatabase(context, async (database, own) => {
    const self = await byUuid(database, 'VM_appliance', context.args.text('uuid'));
    await database.call('VM_appliance.assert_can_be_recovered', { self, session_to: own.ref });
  });
