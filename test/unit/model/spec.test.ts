// Holds the model against the machine-readable description of the public API, field by field and message by message.

import { describe, expect, test } from '@jest/globals';
import {
  alerts,
  apiVersion,
  type ClassModel,
  type ClassName,
  classes,
  classNames,
  emergencyCalls,
  enums,
  errors,
  extraPermissions,
  type FieldModel,
  hiddenRelations,
  httpActions,
  internalRoles,
  type MessageModel,
  noTaskForClasses,
  oneWaySets,
  relations,
  releases,
  roles,
  typeText,
} from '../../../src/model/index.ts';
import { readFacts } from '../../facts/facts.ts';

interface Life {
  readonly since: string;
  readonly state?: string;
  readonly changes?: readonly string[];
}
interface SpecField extends Life {
  readonly name: string;
  readonly type: string;
  readonly qualifier: 'RW' | 'StaticRO' | 'DynamicRO';
  readonly default?: unknown;
  readonly ns?: string;
  readonly persist?: boolean;
  readonly wire_only?: boolean;
  readonly getter_role?: string;
  readonly setter_role?: string;
  readonly map_key_roles?: Readonly<Record<string, string>>;
}
interface SpecMessage extends Life {
  readonly name: string;
  readonly kind: string;
  readonly field?: string;
  readonly params: readonly { readonly name: string; readonly type: string; readonly default?: unknown; readonly since?: string }[];
  readonly result: string;
  readonly role: string;
  readonly async?: boolean;
  readonly session?: boolean;
  readonly hidden?: boolean;
  readonly pool_internal?: boolean;
  readonly secret?: boolean;
  readonly forward?: string;
  readonly map_key_roles?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly errors?: readonly string[];
}
interface SpecClass extends Life {
  readonly name: ClassName;
  readonly gen_events: boolean;
  readonly in_database: boolean;
  readonly persist: boolean;
  readonly fields: readonly SpecField[];
  readonly messages: readonly SpecMessage[];
  readonly ctor_fields?: readonly string[];
}
interface Spec {
  readonly api_version: string;
  readonly api_vendor: string;
  readonly db_schema: readonly number[];
  readonly roles_descending: readonly string[];
  readonly internal_roles: readonly string[];
  readonly extra_permissions: unknown;
  readonly emergency_calls: readonly string[];
  readonly no_task_for_classes: readonly string[];
  readonly releases: readonly Readonly<Record<string, unknown>>[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly classes: readonly SpecClass[];
  readonly relations: readonly { readonly a: string; readonly b: string }[];
  readonly errors: readonly { readonly name: string; readonly params: readonly string[] | null; readonly undocumented?: boolean }[];
  readonly alerts: readonly object[];
  readonly http_actions: readonly Readonly<Record<string, unknown>>[];
}

const life = (thing: Life): object => ({ since: thing.since, state: thing.state ?? 'published', changes: thing.changes ?? [] });

// The description writes the null reference of some defaults as an empty text, and an empty set for one enumeration.
const plainDefault = (type: string, value: unknown): unknown => {
  if (type.startsWith('ref ') && value === '') return 'OpaqueRef:NULL';
  return type.startsWith('enum ') && Array.isArray(value) ? 'unknown' : value;
};

const specField = (cls: SpecClass, field: SpecField): object => ({
  ...life(field),
  cls: cls.name,
  name: field.name,
  type: field.type,
  access: field.qualifier === 'RW' ? 'RW' : field.qualifier === 'StaticRO' ? 'static' : 'dynamic',
  default: plainDefault(field.type, field.default),
  constructor: cls.ctor_fields?.find(name => name.replace('*', '') === field.name),
  namespace: field.ns,
  persist: field.persist ?? true,
  wireOnly: field.wire_only ?? false,
  getterRole: field.getter_role ?? 'read-only',
  setterRole: field.setter_role,
  keyRoles: field.map_key_roles ?? {},
});

const ourField = (field: FieldModel, spec: SpecClass): object => ({
  ...life(field),
  cls: field.cls,
  name: field.name,
  type: typeText(field.type),
  access: field.access,
  default: spec.fields.find(each => each.name === field.name)?.default === undefined ? undefined : field.default,
  constructor: spec.ctor_fields && field.inConstructor ? `${field.name}${field.required ? '*' : ''}` : undefined,
  namespace: field.namespace,
  persist: field.persist,
  wireOnly: field.wireOnly,
  getterRole: field.getterRole,
  setterRole: field.setterRole,
  keyRoles: field.keyRoles,
});

const specMessage = (cls: SpecClass, message: SpecMessage): object => ({
  ...life(message),
  fullName: `${cls.name}.${message.name}`,
  kind: message.kind,
  field: message.field,
  params: message.params.map(param => ({
    name: param.name,
    type: param.type,
    default: plainDefault(param.type, param.default),
    since: param.since ?? message.since,
  })),
  result: message.result,
  role: message.role,
  keyRoles: message.map_key_roles ?? {},
  async: message.async ?? false,
  session: message.session ?? true,
  hidden: message.hidden ?? false,
  poolInternal: message.pool_internal ?? false,
  secret: message.secret ?? false,
  forward: message.forward,
  tags: message.tags ?? [],
  errors: message.errors ?? [],
});

const ourMessage = (message: MessageModel): object => ({
  ...life(message),
  fullName: message.fullName,
  kind: message.kind,
  field: message.field?.name,
  params: message.params.map(param => ({ name: param.name, type: typeText(param.type), default: param.default, since: param.since })),
  result: typeText(message.result),
  role: message.role,
  keyRoles: message.keyRoles,
  async: message.async,
  session: message.session,
  hidden: message.hidden,
  poolInternal: message.poolInternal,
  secret: message.secret,
  forward: message.forward,
  tags: message.tags,
  errors: message.errors,
});

const byName = (left: { readonly name: string }, right: { readonly name: string }): number => (left.name < right.name ? -1 : 1);

const spec = readFacts<Spec>('xenapi');

test('the classes are those of the API, in its order', () => {
  expect(classNames).toEqual(spec.classes.map(cls => cls.name));
});

describe.each(spec.classes.map(cls => [cls.name, cls] as const))('%s', (name, cls) => {
  const model: ClassModel = classes[name];

  test('the class', () => {
    expect({ ...life(model), events: model.events, stored: model.stored }).toEqual({
      ...life(cls),
      events: cls.gen_events,
      stored: cls.in_database ? (cls.persist ? 'durable' : 'memory') : 'no',
    });
  });
  test('its fields, in order', () => {
    expect([...model.fields.values()].map(field => ourField(field, cls))).toEqual(cls.fields.map(field => specField(cls, field)));
  });
  test('its messages, derived ones included', () => {
    const ours = [...model.messages.values()].sort(byName).map(ourMessage);
    expect(ours).toEqual([...cls.messages].sort(byName).map(message => specMessage(cls, message)));
  });
});

test('enumerations', () => {
  expect(Object.entries(enums)).toEqual(spec.enums.map(each => [each.name, each.values]));
});

test('errors', () => {
  const ours = [...errors.values()].map(error => ({ name: error.code, params: error.params, documented: error.documented }));
  const theirs = spec.errors.map(error => ({ name: error.name, params: error.params ?? [], documented: !error.undocumented }));
  expect(ours.sort(byName)).toEqual(theirs.sort(byName));
});

test('relations', () => {
  const ends = [...relations, ...hiddenRelations].map(({ from, to }) => `${from.cls}.${from.field} ${to.cls}.${to.field}`);
  const oneWay = oneWaySets.map(({ cls, field }) => `${cls}.${field} ${cls}.${field}`);
  expect([...ends, ...oneWay].sort()).toEqual(spec.relations.map(({ a, b }) => `${a} ${b}`).sort());
});

test('roles and permissions', () => {
  expect(roles).toEqual(spec.roles_descending);
  expect(internalRoles).toEqual(spec.internal_roles);
  expect(extraPermissions).toEqual(spec.extra_permissions);
});

test('calls that stand apart', () => {
  expect([...emergencyCalls]).toEqual(spec.emergency_calls);
  expect([...noTaskForClasses]).toEqual(spec.no_task_for_classes);
});

test('releases and versions', () => {
  const theirs = spec.releases.map(each => ({
    name: each['code_name'] ?? undefined,
    api: `${String(each['api_major'])}.${String(each['api_minor'])}`,
    branding: each['branding'],
    date: each['date'] ?? undefined,
  }));
  expect(releases).toEqual(theirs);
  const { major, minor, vendor, schema } = apiVersion;
  expect([`${major}.${minor}`, vendor, schema]).toEqual([spec.api_version, spec.api_vendor, spec.db_schema]);
});

test('alerts', () => {
  expect(alerts).toEqual(spec.alerts);
});

test('HTTP actions', () => {
  const names: Readonly<Record<string, string>> = {
    rbac_checked: 'rbacChecked',
    in_sdk: 'inSdk',
    master_only: 'masterOnly',
    sub_actions: 'subActions',
    sdk_args: 'sdkArgs',
  };
  const theirs = spec.http_actions.map(action =>
    Object.fromEntries(Object.entries(action).map(([key, value]) => [names[key] ?? key, value])),
  );
  const ours = httpActions.map(action => ({ rbacChecked: true, ...action }));
  const order = (left: { readonly name?: unknown }, right: { readonly name?: unknown }): number =>
    String(left.name) < String(right.name) ? -1 : 1;
  expect([...ours].sort(order)).toEqual([...theirs].sort(order));
});
