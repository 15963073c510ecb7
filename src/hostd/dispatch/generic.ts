// What the model alone answers: getters, setters, look-ups, whole tables. Reads answer at once; writes are one transaction each, which
// brings along what follows from the field (`allowed_operations`), as every write of an operation does.

import type { Tx } from '../../db/db.ts';
import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { ClassName, FieldModel, MessageModel } from '../../model/index.ts';
import { parseWhere } from '../../model/where.ts';
import { change } from '../../ops/change.ts';
import type { Services } from '../../ops/context.ts';

/** Parameters in order, canonical. Throws or rejects with XenError. */
export type Runner = (services: Services, params: readonly unknown[]) => unknown;

type Fields = Readonly<Record<string, unknown>>;

/** How the model answers a message; undefined where only an operation can. */
export const genericRunner = (cls: ClassName, message: MessageModel): Runner | undefined => {
  const { field } = message;
  switch (message.kind) {
    case 'getter':
      return field && (({ db }, [self]) => fieldsOf(db.need(cls, refOf(self)))[field.name]);
    case 'get_record':
      return ({ db }, [self]) => db.need(cls, refOf(self));
    case 'get_all':
      return ({ db }) => [...db.all(cls)].map(([ref]) => ref);
    case 'get_all_records':
      return ({ db }) => Object.fromEntries(db.all(cls));
    case 'get_all_where':
      return ({ db }, [expression]) => [...where(db.all(cls), cls, textOf(expression))].map(([ref]) => ref);
    case 'get_all_records_where':
      return ({ db }, [expression]) => Object.fromEntries(where(db.all(cls), cls, textOf(expression)));
    case 'get_by_uuid':
      return ({ db }, [uuid]) => found(db.byUuid(cls, textOf(uuid)), cls, textOf(uuid));
    case 'get_by_name_label':
      return ({ db }, [label]) => db.byNameLabel(cls, textOf(label));
    case 'setter':
      return field && write(cls, (tx, self, [, value]) => patch(tx, cls, self, field, value));
    case 'add':
      return field && write(cls, (tx, self, params) => add(tx, cls, self, field, params));
    case 'remove':
      return field && write(cls, (tx, self, params) => remove(tx, cls, self, field, params));
    case 'create':
      return recordOnly.has(cls) ? ({ db }, [args]) => change(db, tx => insert(tx, cls, fieldsOf(args))) : undefined;
    case 'destroy':
      return recordOnly.has(cls) ? write(cls, (tx, self) => tx.delete(cls, self)) : undefined;
    case 'custom':
      return undefined;
    default:
      return message.kind satisfies never;
  }
};

/** Classes whose objects are nothing but their record: making one needs no more than a row. */
const recordOnly: ReadonlySet<ClassName> = new Set<ClassName>(['subject', 'VM_appliance', 'secret', 'VM_group', 'console']);

const write =
  (cls: ClassName, edit: (tx: Tx, self: Ref<ClassName>, params: readonly unknown[]) => void): Runner =>
  ({ db }, params) =>
    change(db, tx => {
      const self = refOf(params[0]);
      tx.need(cls, self);
      edit(tx, self, params);
    });

const patch = (tx: Tx, cls: ClassName, self: Ref<ClassName>, field: FieldModel, value: unknown): void =>
  tx.update(cls, self, { [field.name]: value });

const insert = (tx: Tx, cls: ClassName, fields: Fields): Ref => tx.insert(cls, fields);

const add = (tx: Tx, cls: ClassName, self: Ref<ClassName>, field: FieldModel, [, key, value]: readonly unknown[]): void => {
  const now = fieldsOf(tx.need(cls, self))[field.name];
  if (Array.isArray(now)) {
    if (!now.includes(key)) patch(tx, cls, self, field, [key, ...now]);
    return;
  }
  const map = fieldsOf(now);
  if (Object.hasOwn(map, textOf(key))) throw new XenError('MAP_DUPLICATE_KEY', [cls, field.name, self, textOf(key)]);
  // The newest comes first, as clients of this API know it.
  patch(tx, cls, self, field, { [textOf(key)]: value, ...map });
};

const remove = (tx: Tx, cls: ClassName, self: Ref<ClassName>, field: FieldModel, [, key]: readonly unknown[]): void => {
  const now = fieldsOf(tx.need(cls, self))[field.name];
  if (Array.isArray(now)) {
    if (now.includes(key))
      patch(
        tx,
        cls,
        self,
        field,
        now.filter(item => item !== key),
      );
    return;
  }
  const { [textOf(key)]: gone, ...rest } = fieldsOf(now);
  if (gone !== undefined) patch(tx, cls, self, field, rest);
};

function* where<R extends object>(rows: Iterable<[Ref, R]>, cls: ClassName, expression: string): Iterable<[Ref, R]> {
  const matches = parseWhere(cls, expression);
  for (const [ref, record] of rows) if (matches(ref, fieldsOf(record))) yield [ref, record];
}

const found = (ref: Ref | undefined, cls: ClassName, uuid: string): Ref => {
  if (ref === undefined) throw new XenError('UUID_INVALID', [cls, uuid]);
  return ref;
};

// Parameters were checked against the model's types before they came here.
const refOf = (value: unknown): Ref<ClassName> => value as Ref<ClassName>;
const textOf = (value: unknown): string => String(value);
const fieldsOf = (value: unknown): Fields => value as Fields;
