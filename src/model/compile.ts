// From a class as written down to the class as used: every field and every message, derived ones included, with all that was left out
// filled in. Messages stand in the order of the API: its own first, then whole objects, then the fields', then look-ups.

import type { ClassSource, FieldSource, KeyRoles, LifecycleSource, LifecycleState, MessageSource, ParamSource, Value } from './dsl.ts';
import type { RequiredRole } from './roles.ts';
import { defaultValue, parseType, type Type } from './types.ts';

export interface Lifecycle {
  readonly since: string;
  readonly state: LifecycleState | 'published';
  readonly changes: readonly string[];
}

export interface FieldModel extends Lifecycle {
  readonly cls: string;
  readonly name: string;
  readonly type: Type;
  readonly access: 'RW' | 'static' | 'dynamic';
  /** What a new object has if nobody says otherwise; records have no such value. */
  readonly default: Value | undefined;
  /** Member of the record that `create` takes. */
  readonly inConstructor: boolean;
  /** `create` fails without it. */
  readonly required: boolean;
  /** Name of the column: `name__label` for `name_label`. Expressions of `get_all_where` use it. */
  readonly column: string;
  readonly namespace: string | undefined;
  readonly persist: boolean;
  readonly wireOnly: boolean;
  readonly getterRole: RequiredRole;
  readonly setterRole: RequiredRole | undefined;
  readonly keyRoles: KeyRoles;
}

export interface ParamModel {
  readonly name: string;
  readonly type: Type;
  /** Present: may be left out, then this is its value. */
  readonly default: Value | undefined;
  readonly since: string;
}

export type MessageKind =
  | 'custom'
  | 'create'
  | 'destroy'
  | 'getter'
  | 'setter'
  | 'add'
  | 'remove'
  | 'get_all'
  | 'get_all_where'
  | 'get_all_records'
  | 'get_all_records_where'
  | 'get_by_uuid'
  | 'get_by_name_label'
  | 'get_record';

export interface MessageModel extends Lifecycle {
  readonly cls: string;
  /** Without the class: `start`. */
  readonly name: string;
  /** With it: `VM.start`. */
  readonly fullName: string;
  readonly kind: MessageKind;
  /** The field that a getter, setter, add or remove is about. */
  readonly field: FieldModel | undefined;
  readonly params: readonly ParamModel[];
  /** How many of them must be given. */
  readonly requiredParams: number;
  readonly result: Type;
  readonly role: RequiredRole;
  readonly keyRoles: KeyRoles;
  readonly async: boolean;
  readonly session: boolean;
  readonly hidden: boolean;
  readonly poolInternal: boolean;
  readonly secret: boolean;
  readonly forward: string | undefined;
  readonly tags: readonly string[];
  readonly errors: readonly string[];
}

export interface ClassModel extends Lifecycle {
  readonly name: string;
  /** `durable` survives the agent, `memory` does not, `no`: such objects are never in the database. */
  readonly stored: 'durable' | 'memory' | 'no';
  readonly events: boolean;
  readonly byNameLabel: boolean;
  /** In the order of a record. */
  readonly fields: ReadonlyMap<string, FieldModel>;
  /** By name without the class. */
  readonly messages: ReadonlyMap<string, MessageModel>;
}

/** Fields at once, messages when they are first asked for: a command that lists objects never needs them. */
export const compileClass = (source: ClassSource): ClassModel => {
  const life = lifecycle(source, undefined);
  const fields = new Map(Object.entries(source.fields).map(([name, field]) => [name, compileField(source.name, life, name, field)]));
  let messages: ReadonlyMap<string, MessageModel> | undefined;
  return {
    ...life,
    name: source.name,
    stored: source.stored ?? 'durable',
    events: source.events ?? true,
    byNameLabel: source.byNameLabel ?? false,
    fields,
    get messages() {
      messages ??= compileMessages(source, life, [...fields.values()]);
      return messages;
    },
  };
};

const compileMessages = (source: ClassSource, life: Lifecycle, fields: readonly FieldModel[]): ReadonlyMap<string, MessageModel> => {
  const own = Object.entries(source.messages).map(([name, message]) => customMessage(source.name, life, name, message));
  const derived = source.stored === 'no' ? [] : derivedMessages(source, life, fields);
  return new Map([...own, ...derived].map(message => [message.name, message]));
};

/** A member that says nothing of its own life shares its class's; what only changed in form did so for itself. */
const lifecycle = (own: LifecycleSource, cls: Lifecycle | undefined): Lifecycle => {
  const silent = own.since === undefined && own.state === undefined && own.changes === undefined;
  if (cls && silent) return cls.state === 'published' ? { ...cls, changes: [] } : cls;
  return { since: own.since ?? cls?.since ?? '', state: own.state ?? 'published', changes: own.changes ?? [] };
};

const pickLifecycle = ({ since, state, changes }: Lifecycle): Lifecycle => ({ since, state, changes });

const compileField = (cls: string, clsLife: Lifecycle, name: string, source: FieldSource): FieldModel => {
  const type = parseType(source.type);
  const inConstructor = source.access !== undefined;
  return {
    ...pickLifecycle(lifecycle(source, clsLife)),
    cls,
    name,
    type,
    access: source.access ?? 'dynamic',
    default: source.default ?? defaultValue(type),
    inConstructor,
    required: inConstructor && source.default === undefined,
    column: source.ns === undefined ? name : `${source.ns}__${name.slice(source.ns.length + 1)}`,
    namespace: source.ns,
    persist: source.persist ?? true,
    wireOnly: source.wireOnly ?? false,
    getterRole: source.getterRole ?? 'read-only',
    setterRole: source.setterRole,
    keyRoles: source.keyRoles ?? {},
  };
};

const customMessage = (cls: string, clsLife: Lifecycle, name: string, source: MessageSource): MessageModel => {
  const life = lifecycle(source, clsLife);
  const params = Object.entries(source.params ?? {}).map(([param, row]) =>
    compileParam(param, typeof row === 'string' ? { type: row } : row, life),
  );
  return {
    ...pickLifecycle(life),
    cls,
    name,
    fullName: `${cls}.${name}`,
    kind: 'custom',
    field: undefined,
    params,
    requiredParams: params.filter(param => param.default === undefined).length,
    result: parseType(source.result ?? 'void'),
    role: source.role,
    keyRoles: source.keyRoles ?? {},
    async: source.async ?? true,
    session: source.session ?? true,
    hidden: source.hidden ?? false,
    poolInternal: source.poolInternal ?? false,
    secret: source.secret ?? false,
    forward: source.forward,
    tags: source.tags ?? [],
    errors: source.errors ?? [],
  };
};

const compileParam = (name: string, source: ParamSource, life: Lifecycle): ParamModel => ({
  name,
  type: parseType(source.type),
  default: source.default,
  since: source.since ?? life.since,
});

interface DerivedRow {
  readonly name: string;
  readonly kind: MessageKind;
  readonly params: Readonly<Record<string, Type>>;
  readonly result: Type;
  readonly role: RequiredRole;
  readonly life: Lifecycle;
  readonly field?: FieldModel;
  readonly async?: boolean;
  readonly hidden?: boolean;
  readonly keyRoles?: KeyRoles;
}

const derivedMessage = (cls: string, row: DerivedRow): MessageModel => ({
  ...pickLifecycle(row.life),
  cls,
  name: row.name,
  fullName: `${cls}.${row.name}`,
  kind: row.kind,
  field: row.field,
  params: Object.entries(row.params).map(([name, type]) => ({ name, type, default: undefined, since: row.life.since })),
  requiredParams: Object.keys(row.params).length,
  result: row.result,
  role: row.role,
  keyRoles: row.keyRoles ?? {},
  async: row.async ?? false,
  session: true,
  hidden: row.hidden ?? false,
  poolInternal: false,
  secret: false,
  forward: undefined,
  tags: [],
  errors: [],
});

const VOID: Type = { kind: 'void' };
const STRING: Type = { kind: 'string' };

const derivedMessages = (source: ClassSource, life: Lifecycle, fields: readonly FieldModel[]): readonly MessageModel[] => {
  const self: Type = { kind: 'ref', cls: source.name };
  const record: Type = { kind: 'record', cls: source.name };
  const role = source.readRole ?? 'read-only';
  const row = (part: Omit<DerivedRow, 'life' | 'role'> & { readonly role?: RequiredRole }): DerivedRow => ({ life, role, ...part });
  const all: DerivedRow[] = [];
  if (source.reads !== 'single') {
    const refs: Type = { kind: 'set', of: self };
    const records: Type = { kind: 'map', key: self, value: record };
    all.push(
      row({ name: 'get_all', kind: 'get_all', params: {}, result: refs }),
      row({ name: 'get_all_where', kind: 'get_all_where', params: { expr: STRING }, result: refs, hidden: true }),
      row({ name: 'get_all_records_where', kind: 'get_all_records_where', params: { expr: STRING }, result: records, hidden: true }),
      row({ name: 'get_all_records', kind: 'get_all_records', params: {}, result: records }),
    );
  }
  if (source.lifecycleRole) {
    const may = source.lifecycleRole;
    all.push(
      row({ name: 'create', kind: 'create', params: { args: record }, result: self, role: may, async: true }),
      row({ name: 'destroy', kind: 'destroy', params: { self }, result: VOID, role: may, async: true }),
    );
  }
  for (const field of fields) all.push(...fieldMessages(self, field));
  all.push(row({ name: 'get_by_uuid', kind: 'get_by_uuid', params: { uuid: STRING }, result: self }));
  if (source.byNameLabel)
    all.push(row({ name: 'get_by_name_label', kind: 'get_by_name_label', params: { label: STRING }, result: { kind: 'set', of: self } }));
  all.push(row({ name: 'get_record', kind: 'get_record', params: { self }, result: record }));
  return all.map(each => derivedMessage(source.name, each));
};

const fieldMessages = (self: Type, field: FieldModel): readonly DerivedRow[] => {
  const { name, type } = field;
  const getter: DerivedRow = {
    name: `get_${name}`,
    kind: 'getter',
    params: { self },
    result: type,
    role: field.getterRole,
    life: field,
    field,
  };
  if (field.access !== 'RW' || !field.setterRole) return [getter];
  const write = (verb: string, kind: MessageKind, params: Readonly<Record<string, Type>>, keyRoles: KeyRoles = {}): DerivedRow => ({
    name: `${verb}_${name}`,
    kind,
    params: { self, ...params },
    result: VOID,
    role: field.setterRole ?? 'pool-admin',
    life: field,
    field,
    keyRoles,
  });
  const setter = write('set', 'setter', { value: type });
  switch (type.kind) {
    case 'map':
      return [
        getter,
        setter,
        write('add_to', 'add', { key: type.key, value: type.value }, field.keyRoles),
        write('remove_from', 'remove', { key: type.key }, field.keyRoles),
      ];
    case 'set':
      return [getter, setter, write('add', 'add', { value: type.of }), write('remove', 'remove', { value: type.of })];
    default:
      return [getter, setter];
  }
};
