// Messages and blobs: notes and data that hang on another object.

import { missingParam } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import type { Handler } from '../../context.ts';
import { byUuid, uuidOf } from '../../lookup.ts';

const owners = { 'vm-uuid': ['VM', 'VM'], 'host-uuid': ['host', 'Host'], 'sr-uuid': ['SR', 'SR'], 'pool-uuid': ['pool', 'Pool'] } as const;

export const create: Handler = async ({ args, session: open }) => {
  const priority = args.text('priority');
  if (!/^-?\d{1,15}$/.test(priority)) throw new CommandError('Priority field should be an integer');
  const owner = Object.entries(owners).find(([param]) => args.has(param));
  if (owner === undefined) throw new CommandError('Need one of: vm-uuid, host-uuid, sr-uuid or pool-uuid');
  const [param, [cls, messageClass]] = owner;
  const session = await open();
  const uuid = args.text(param);
  await byUuid(session, cls, uuid);
  await session.call('message.create', {
    name: args.text('name'),
    priority: Number(priority),
    cls: messageClass,
    obj_uuid: uuid,
    body: args.text('body'),
  });
};

export const destroy: Handler = async ({ args, session: open }) => {
  const single = args.get('uuid');
  if (single === undefined && !args.has('uuids')) throw new CommandError('Need one of uuid, uuids');
  const uuids = single === undefined ? args.commaList('uuids') : [single];
  const session = await open();
  const messages = await Promise.all(uuids.map(uuid => byUuid(session, 'message', uuid)));
  await session.call('message.destroy_many', { messages });
};

const RFC3339 = /^\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

export const destroyAll: Handler = async ({ args, session: open }) => {
  const filters: Record<string, string> = {};
  for (const name of ['before', 'after', 'priority'] as const) {
    const value = args.get(name);
    if (value === undefined) continue;
    if (name !== 'priority' && !RFC3339.test(value))
      throw new CommandError(`invalid timestamp format for '${name}' (expected RFC3339, for example, 2025-01-01T00:00:00Z)`);
    filters[name] = value;
  }
  const session = await open();
  await session.call('message.destroy_all', { filters });
};

const blobOwners = { 'vm-uuid': 'VM', 'pool-uuid': 'pool', 'sr-uuid': 'SR', 'host-uuid': 'host', 'network-uuid': 'network' } as const;

export const createBlob: Handler = async ({ args, out, session: open }) => {
  const owner = Object.entries(blobOwners).find(([param]) => args.has(param));
  if (owner === undefined) throw missingParam('vm-uuid');
  const [param, cls] = owner;
  const session = await open();
  const ref = await byUuid(session, cls, args.text(param));
  const blob = await session.raw(`${cls}.create_new_blob`, [ref, args.text('name'), args.get('mime-type') ?? '', args.bool('public')]);
  out.lines([await uuidOf(session, 'blob', String(blob))]);
};
