// Licences and editions, of one host or of all.

import type { Session } from '../../../client/session.ts';
import type { Ref } from '../../../lib/brand.ts';
import type { Context, Handler } from '../../context.ts';
import { CommandError } from '../../exit.ts';
import { readSmallFile } from '../../file-input.ts';
import { byUuid, thePool } from '../../lookup.ts';

/** The host that `host-uuid=` names; without it the only one there is. */
const hostOf = async ({ args, session: open }: Context): Promise<Ref<'host'>> => {
  const session = await open();
  const uuid = args.get('host-uuid');
  if (uuid !== undefined) return await byUuid(session, 'host', uuid);
  const [first, second] = await session.call('host.get_all', {});
  if (first === undefined || second !== undefined) throw new CommandError('The pool has several hosts: say which by host-uuid=');
  return first;
};

export const addLicense: Handler = async context => {
  const file = await readSmallFile(context, 'license-file', 'license file');
  const host = await hostOf(context);
  await (await context.session()).call('host.license_add', { host, contents: file.bytes.toString('base64') });
  context.out.lines(['License applied.']);
};

export const viewLicense: Handler = async context => {
  const self = await hostOf(context);
  const params = await (await context.session()).call('host.get_license_params', { self });
  context.out.table([Object.entries(params).filter(([key]) => key !== 'sku_type')]);
};

export const applyToHost: Handler = async context => {
  const host = await hostOf(context);
  const session = await context.session();
  await withLicenseServer(context, [host], async () => {
    await session.call('host.apply_edition', { host, edition: context.args.text('edition') });
  });
};

export const applyToPool: Handler = async context => {
  const session = await context.session();
  const uuid = context.args.get('uuid');
  const self = uuid === undefined ? await thePool(session) : await byUuid(session, 'pool', uuid);
  await withLicenseServer(context, await session.call('host.get_all', {}), async () => {
    await session.call('pool.apply_edition', { self, edition: context.args.text('edition') });
  });
};

/** Sets the licence server that was named, for `apply`; if that fails, the hosts get back what they had. */
const withLicenseServer = async (context: Context, hosts: readonly Ref<'host'>[], apply: () => Promise<void>): Promise<void> => {
  const session = await context.session();
  const named = context.args.has('license-server-address') || context.args.has('license-server-port');
  const before: (readonly [Ref<'host'>, Readonly<Record<string, string>>])[] = [];
  try {
    for (const self of named ? hosts : []) {
      before.push([self, await session.call('host.get_license_server', { self })]);
      await setLicenseServer(session, context, self);
    }
    await apply();
  } catch (error) {
    for (const [self, value] of before) await session.call('host.set_license_server', { self, value });
    throw error;
  }
};

const setLicenseServer = async (session: Session, { args }: Context, self: Ref<'host'>): Promise<void> => {
  for (const [param, key] of [
    ['license-server-address', 'address'],
    ['license-server-port', 'port'],
  ] as const) {
    const value = args.get(param);
    if (value === undefined) continue;
    await session.call('host.remove_from_license_server', { self, key });
    await session.call('host.add_to_license_server', { self, key, value });
  }
};
