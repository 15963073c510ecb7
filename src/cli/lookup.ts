// Objects by the uuid or the name that the user gave.

import { Session } from '../client/session.ts';
import { isNullRef, type Ref } from '../lib/brand.ts';
import { isXenError } from '../model/error.ts';
import type { ClassName } from '../model/index.ts';
import type { Context } from './context.ts';
import { CommandError } from './exit.ts';
import { fetchRecords, uuidOrName } from './records/fetch.ts';

/** The object with this uuid. Rejects with UUID_INVALID. */
export const byUuid = async <C extends ClassName>(session: Session, cls: C, uuid: string): Promise<Ref<C>> =>
  (await session.raw(`${cls}.get_by_uuid`, [uuid])) as Ref<C>;

/** The one object with this uuid or name. Throws CommandError if there is none, or if several have the name. */
export const byUuidOrName = async <C extends ClassName>(session: Session, cls: C, text: string): Promise<Ref<C>> => {
  const found = (await fetchRecords(session, cls, [uuidOrName(text)])).filter(
    ([, record]) => record['uuid'] === text || record['name_label'] === text,
  );
  const exact = found.find(([, record]) => record['uuid'] === text);
  if (exact !== undefined) return exact[0] as Ref<C>;
  const [first, second] = found;
  if (first === undefined) throw new CommandError(`${cls} ${text} not found`);
  if (second !== undefined) throw new CommandError(`Several objects of class ${cls} are called ${text}: give the uuid`);
  return first[0] as Ref<C>;
};

/** A host by name or uuid, in the words of `on=` and `host=`. */
export const hostByName = async (session: Session, text: string): Promise<Ref<'host'>> => {
  const hosts = await fetchRecords(session, 'host', [uuidOrName(text)]);
  const found = hosts.find(([, record]) => record['uuid'] === text || record['name_label'] === text);
  if (found === undefined) throw new CommandError(`Host ${text} not found`);
  return found[0] as Ref<'host'>;
};

export const uuidOf = async (session: Session, cls: ClassName, ref: string): Promise<string> =>
  String(await session.raw(`${cls}.get_uuid`, [ref]));

export const thePool = async (session: Session): Promise<Ref<'pool'>> => {
  const [pool] = await session.call('pool.get_all', {});
  if (pool === undefined) throw new CommandError('The server has no pool.');
  return pool;
};

/** SR for new disks where none was named: the pool's default. Undefined if there is none. */
export const defaultSr = async (session: Session): Promise<Ref<'SR'> | undefined> => {
  const sr = await session.call('pool.get_default_SR', { self: await thePool(session) });
  if (isNullRef(sr)) return undefined;
  try {
    await session.call('SR.get_uuid', { self: sr });
    return sr;
  } catch (error) {
    if (isXenError(error, 'HANDLE_INVALID')) return undefined;
    throw error;
  }
};

/** The host that this session is on. */
export const thisHost = async (session: Session): Promise<Ref<'host'>> =>
  await session.call('session.get_this_host', { self: session.ref });

/** The session of the database that `database:vdi-uuid=` or `database:filename=` names, else the command's own. */
export const databaseSession = async (context: Context): Promise<Session> => {
  const session = await context.session();
  const { 'vdi-uuid': vdi, filename } = context.args.map('database');
  if (vdi === undefined && filename === undefined) return session;
  if (vdi !== undefined && filename !== undefined)
    throw new CommandError("Specify either 'database:vdi-uuid' or 'database:filename', not both");
  const ref =
    vdi === undefined
      ? await session.raw('session.create_from_db_file', [filename])
      : await session.raw('VDI.open_database', [await byUuid(session, 'VDI', vdi)]);
  return new Session(session.transport, String(ref));
};
