// What the model says of itself: types, defaults, roles, errors, lazily loaded classes. The types of TypeScript are tested here too:
// each line of `types` must compile, each marked line must not.

import { describe, expect, test } from '@jest/globals';
import type { Ref } from '../../../src/lib/brand.ts';
import * as mistakes from '../../../src/model/error.ts';
import {
  type BoundParamsOf,
  classes,
  classNames,
  type EnumValue,
  errors,
  fieldDefaults,
  type HandlersOf,
  type MessageName,
  allMessages,
  type ParamsOf,
  parseType,
  type RecordOf,
  type ResultOf,
  relations,
  roleAllows,
  typeText,
} from '../../../src/model/index.ts';
import { loadClass } from '../../../src/model/lazy.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const types: readonly true[] = [
  true satisfies Equal<RecordOf<'VLAN'>['tag'], number>,
  true satisfies Equal<RecordOf<'VLAN'>['tagged_PIF'], Ref<'PIF'>>,
  true satisfies Equal<RecordOf<'VM'>['VBDs'], readonly Ref<'VBD'>[]>,
  true satisfies Equal<RecordOf<'VM'>['power_state'], EnumValue<'vm_power_state'>>,
  true satisfies Equal<RecordOf<'VM'>['VCPUs_params'], Readonly<Record<string, string>>>,
  true satisfies Equal<RecordOf<'task'>['progress'], number>,
  true satisfies Equal<ResultOf<'VM.get_VBDs'>, readonly Ref<'VBD'>[]>,
  true satisfies Equal<ResultOf<'VM.get_all_records'>, Readonly<Record<string, RecordOf<'VM'>>>>,
  true satisfies Equal<ResultOf<'VM.start'>, void>,
  true satisfies Equal<ResultOf<'host.migrate_receive'>, Readonly<Record<string, string>>>,
  true satisfies Equal<BoundParamsOf<'VM.snapshot'>['ignore_vdis'], readonly Ref<'VDI'>[]>,
];
const start: ParamsOf<'VM.start'> = { vm: 'OpaqueRef:1' as Ref<'VM'>, start_paused: false, force: false };
const snapshot: ParamsOf<'VM.snapshot'> = { vm: start.vm, new_name: 'n' };
const name: MessageName = 'VM.get_name_label';
const handlers: Partial<HandlersOf<'VM', string>> = {
  start: async (_call, { vm, force }) => void `${vm}${force}`,
  get_name_label: async (_call, { self }) => self,
};

// @ts-expect-error: a misspelt message
const misspelt: MessageName = 'VM.strat';
// @ts-expect-error: a parameter is missing
const incomplete: ParamsOf<'VM.start'> = { vm: start.vm, force: false };
// @ts-expect-error: a reference to another class
const astray: ParamsOf<'VM.start'> = { vm: 'OpaqueRef:1' as Ref<'host'>, start_paused: false, force: false };
// @ts-expect-error: no setter, since the field is not RW
const readOnly: MessageName = 'VM.set_power_state';
// @ts-expect-error: a class that never was
const noClass: RecordOf<'Dragon'> | undefined = undefined;
// @ts-expect-error: not of this enumeration
const state: EnumValue<'vm_power_state'> = 'Dreaming';

test('the types hold', () => {
  expect(types.every(Boolean)).toBe(true);
  expect([snapshot, name, misspelt, incomplete, astray, readOnly, noClass, state, Object.keys(handlers)]).toHaveLength(9);
});

describe('type texts', () => {
  test('every type of the model is written the one way', () => {
    const all = [...allMessages().values()].flatMap(message => [message.result, ...message.params.map(param => param.type)]);
    for (const type of all) expect(parseType(typeText(type))).toEqual(type);
  });
  test.each(['', 'strong', 'set', 'map string', 'enum dragon', 'string string', '(string', 'set )'])('%p is none', text => {
    expect(() => parseType(text)).toThrow(RangeError);
  });
  test('references and records name classes that exist', () => {
    const named = JSON.stringify([...allMessages().values()].map(message => message.result)).matchAll(/"cls":"([^"]+)"/g);
    for (const [, cls = ''] of named) expect(classNames).toContain(cls);
  });
});

describe('defaults', () => {
  test.each(classNames)('%s', cls => {
    const defaults: Readonly<Record<string, unknown>> = fieldDefaults(cls);
    for (const field of classes[cls].fields.values()) {
      const absent = field.wireOnly || field.type.kind === 'option';
      expect([field.name, Object.hasOwn(defaults, field.name)]).toEqual([field.name, !absent]);
    }
  });
  test('the model is not shared with those who fill it in', () => {
    expect(fieldDefaults('VM')).not.toBe(fieldDefaults('VM'));
    expect(fieldDefaults('VM')).toMatchObject({
      power_state: 'Halted',
      other_config: {},
      VBDs: [],
      snapshot_time: '19700101T00:00:00Z',
      affinity: 'OpaqueRef:NULL',
    });
  });
});

test('both ends of a relation are fields that point at each other', () => {
  for (const { kind, from, to } of relations) {
    const there = classes[from.cls as 'VM'].fields.get(from.field);
    const back = classes[to.cls as 'VM'].fields.get(to.field);
    expect(typeText(there?.type ?? { kind: 'void' })).toBe(kind === 'one-to-many' ? `ref ${to.cls}` : `set ref ${to.cls}`);
    expect(typeText(back?.type ?? { kind: 'void' })).toBe(`set ref ${from.cls}`);
  }
});

describe('roles', () => {
  test.each([
    ['read-only', ['read-only'], true],
    ['read-only', ['client-cert'], true],
    ['vm-operator', ['read-only'], false],
    ['vm-operator', ['vm-admin'], true],
    ['vm-operator', ['client-cert'], false],
    ['vm-operator+client-cert', ['client-cert'], true],
    ['pool-admin', ['pool-operator'], false],
    ['local-root-only', ['pool-admin'], false],
    ['read-only', [], false],
  ] as const)('%s for %p: %p', (required, held, allowed) => {
    expect(roleAllows(required, held)).toBe(allowed);
  });
});

test('errors made by hand have the parameters that the table names', () => {
  const made = [
    mistakes.handleInvalid('a', 'b'),
    mistakes.uuidInvalid('a', 'b'),
    mistakes.messageMethodUnknown('a'),
    mistakes.messageRemoved(),
    mistakes.parameterCountMismatch('a', 1, 2),
    mistakes.notImplemented('a'),
    mistakes.internalError('a'),
    mistakes.fieldTypeError('a'),
    mistakes.invalidValue('a', 'b'),
    mistakes.valueNotSupported('a', 'b', 'c'),
    mistakes.mapDuplicateKey('a', 'b', 'c', 'd'),
    mistakes.operationNotAllowed('a'),
    mistakes.otherOperationInProgress('a', 'b', 'c', 'd'),
    mistakes.sessionInvalid('a'),
    mistakes.rbacPermissionDenied('a', 'b'),
    mistakes.taskCancelled('a'),
    mistakes.hostIsSlave('a'),
    mistakes.vmBadPowerState('a', 'b', 'c'),
  ];
  for (const error of made) expect([error.code, error.params.length]).toEqual([error.code, errors.get(error.code)?.params.length]);
});

test('a class loaded alone is the same class', async () => {
  expect(await loadClass('VDI')).toEqual(classes.VDI);
  expect(await loadClass('VDI')).toBe(await loadClass('VDI'));
});
