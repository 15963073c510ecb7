// The messages of the class message.

import type { Ref } from '../../lib/brand.ts';
import { parseDateTime } from '../../model/datetime.ts';
import { parseWhere } from '../../model/where.ts';
import { uuidInvalid, XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf, Services } from '../context.ts';
import { type Message, messagesOf, postMessage } from './post.ts';

/** The class and table of what a message is about. */
const subjects = {
  VM: 'VM',
  Host: 'host',
  SR: 'SR',
  Pool: 'pool',
  VMPP: 'VMPP',
  VMSS: 'VMSS',
  PVS_proxy: 'PVS_proxy',
  VDI: 'VDI',
  Certificate: 'Certificate',
} as const;

const recordsOf = (services: Services, keep: (message: Message, ref: Ref<'message'>) => boolean): Readonly<Record<string, Message>> =>
  Object.fromEntries(messagesOf(services.db).filter(([ref, message]) => keep(message, ref)));

const filterOf = (filters: Readonly<Record<string, string>>): ((message: Message) => boolean) => {
  const { priority, ...rest } = filters;
  const { before: _before, after: _after, ...unknown } = rest;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw new XenError('INVALID_VALUE', ['filters', stranger]);
  const time = (name: 'before' | 'after'): string | undefined => {
    const text = rest[name];
    const parsed = text === undefined ? undefined : parseDateTime(text);
    if (text !== undefined && parsed === undefined) throw new XenError('INVALID_VALUE', [name, text]);
    return parsed;
  };
  const [before, after] = [time('before'), time('after')];
  return message =>
    (before === undefined || message.timestamp < before) &&
    (after === undefined || message.timestamp > after) &&
    (priority === undefined || String(message.priority) === priority);
};

export const messageOps: OpsOf<'message'> = {
  create: async (call, { name, priority, cls, obj_uuid, body }) => {
    const { db } = call.services;
    if (db.byUuid(subjects[cls], obj_uuid) === undefined) throw uuidInvalid(subjects[cls], obj_uuid);
    return postMessage(call.services, { name, priority, cls, obj_uuid, body });
  },
  destroy: (call, { self }) => change(call.services.db, tx => tx.delete('message', self)),
  destroy_many: (call, { messages }) =>
    change(call.services.db, tx => {
      for (const ref of messages) tx.delete('message', ref);
    }),
  destroy_all: (call, { filters }) => {
    const keep = filterOf(filters);
    return change(call.services.db, tx => {
      for (const [ref, message] of messagesOf(tx)) if (keep(message)) tx.delete('message', ref);
    });
  },
  get: async (call, { cls, obj_uuid, since }) =>
    recordsOf(call.services, message => message.cls === cls && message.obj_uuid === obj_uuid && message.timestamp > since),
  get_since: async (call, { since }) => recordsOf(call.services, message => message.timestamp > since),
  get_all: async call => messagesOf(call.services.db).map(([ref]) => ref),
  get_all_records: async call => recordsOf(call.services, () => true),
  get_all_records_where: async (call, { expr }) => {
    const matches = parseWhere('message', expr);
    return recordsOf(call.services, (message, ref) => matches(ref, message));
  },
  get_record: async (call, { self }) => call.services.db.need('message', self),
  get_by_uuid: async (call, { uuid }) => {
    const found = call.services.db.byUuid('message', uuid);
    if (found === undefined) throw uuidInvalid('message', uuid);
    return found;
  },
};
