// event.*: what clients ask of the events.

import type { Db } from '../../db/db.ts';
import { handleInvalid, sessionInvalid } from '../../model/error.ts';
import { type ClassName, classNames } from '../../model/index.ts';
import type { Ref } from '../../lib/brand.ts';
import type { BuiltinRow } from '../dispatch/dispatcher.ts';
import { tokenText } from '../events/event.ts';
import type { EventWaits } from '../events/from.ts';
import type { EventRegistry } from '../events/registry.ts';
import type { Session } from '../sessions.ts';

export const eventMessages = (db: Db, waits: EventWaits, registry: EventRegistry): ReadonlyMap<string, BuiltinRow> =>
  new Map<string, BuiltinRow>([
    [
      'event.from',
      {
        type: { kind: 'event batch' },
        run: ({ request }, [classes, token, timeout]) =>
          waits.from({ classes: texts(classes), token: String(token), timeoutSeconds: Number(timeout), signal: request.signal }),
      },
    ],
    ['event.register', { run: ({ session }, [classes]) => registry.register(own(session), texts(classes)) }],
    ['event.unregister', { run: ({ session }, [classes]) => registry.unregister(own(session), texts(classes)) }],
    ['event.next', { type: { kind: 'events' }, run: ({ request, session }) => registry.next(own(session), request.signal()) }],
    ['event.get_current_id', { run: () => db.generation }],
    ['event.inject', { run: (_scope, [cls, ref]) => inject(db, String(cls), String(ref)) }],
  ]);

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const own = (session: Session | undefined): string => {
  if (session === undefined) throw sessionInvalid('');
  return session.ref;
};

/** Tells everyone that an object changed, though it did not; gives the token that stands after it. */
const inject = async (db: Db, name: string, ref: string): Promise<string> => {
  const cls = classNames.find(known => known.toLowerCase() === name.toLowerCase());
  if (cls === undefined) throw handleInvalid(name, ref);
  const self = ref as Ref<ClassName>;
  await db.transaction(tx => {
    const uuid = String(fieldsOf(tx.need(cls, self))['uuid']);
    // There and back in one transaction: everybody hears of the object and finds it as it was.
    tx.update(cls, self, { uuid: '' });
    tx.update(cls, self, { uuid });
  });
  return tokenText(db.generationOf(cls, ref));
};

const fieldsOf = (record: object): Readonly<Record<string, unknown>> => record as Readonly<Record<string, unknown>>;
