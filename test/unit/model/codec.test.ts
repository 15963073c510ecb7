import { describe, expect, test } from '@jest/globals';
import { DateTimeValue } from '../../../src/lib/wire-values.ts';
import { checkValue, decodeConstructor, decodeValue, encodeJson, encodeXml, ValueError } from '../../../src/model/codec.ts';
import { classes, fieldDefaults, parseType, schema } from '../../../src/model/index.ts';

const decode = (type: string, value: unknown, lenient = false): unknown =>
  decodeValue(parseType(type), value, { schema, lenient, path: 'it' });

describe('decodeValue makes values canonical', () => {
  test.each([
    ['string', 'text', 'text'],
    ['secretstring', '', ''],
    ['int', 5, 5],
    ['int', '5', 5],
    ['int', '-9007199254740991', -9007199254740991],
    ['int', -0, 0],
    ['float', 5, 5],
    ['float', '1.5', 1.5],
    ['float', '-2e3', -2000],
    ['bool', true, true],
    ['datetime', '20260304T05:06:07Z', '20260304T05:06:07Z'],
    ['datetime', '2026-03-04T05:06:07Z', '20260304T05:06:07Z'],
    ['datetime', '20260304T05:06:07', '20260304T05:06:07Z'],
    ['datetime', '20260304T05:06:07+0130', '20260304T03:36:07Z'],
    ['datetime', new DateTimeValue('20260304T05:06:07Z'), '20260304T05:06:07Z'],
    ['void', '', undefined],
    ['enum vm_power_state', 'Running', 'Running'],
    ['ref VM', 'OpaqueRef:NULL', 'OpaqueRef:NULL'],
    ['option string', null, undefined],
    ['option string', 'x', 'x'],
    ['set int', ['1', 2], [1, 2]],
    ['map string int', { a: '1' }, { a: 1 }],
    ['map ref VM (map string string)', { r: { k: 'v' } }, { r: { k: 'v' } }],
  ])('%s from %p', (type, value, canonical) => {
    expect(decode(type, value)).toEqual(canonical);
  });
});

describe('decodeValue refuses, and says where and why', () => {
  test.each([
    ['string', 5, 'it: expected string, found an integer'],
    ['string', null, 'it: expected string, found nothing'],
    ['int', 1.5, 'it: expected int, found a fraction'],
    ['int', 'abc', 'it: expected int, found a text'],
    ['int', true, 'it: expected int, found a truth value'],
    ['int', '9007199254740993', 'it: the number is too large'],
    ['float', 'abc', 'it: expected float, found a text'],
    ['bool', 'true', 'it: expected bool, found a text'],
    ['bool', 0, 'it: expected bool, found an integer'],
    ['datetime', 'notadate', 'it: expected a time like 20260304T05:06:07Z'],
    ['datetime', '20260231T05:06:07Z', 'it: expected a time like 20260304T05:06:07Z'],
    ['datetime', '20260304T25:06:07Z', 'it: expected a time like 20260304T05:06:07Z'],
    ['enum on_boot', 'bogus', "it: expected one of reset, persist, found 'bogus'"],
    ['set string', {}, 'it: expected set, found a struct'],
    ['set string', ['a', 1], 'it[1]: expected string, found an integer'],
    ['map string string', [], 'it: expected map, found a set'],
    ['map string string', { k: 1 }, 'it.k: expected string, found an integer'],
    ['secretstring', 7, 'it: expected secretstring, found an integer'],
  ])('%s from %p', (type, value, problem) => {
    expect(() => decode(type, value)).toThrow(ValueError);
    expect(() => decode(type, value)).toThrow(problem);
  });
});

describe('records', () => {
  const tunnel = { ...fieldDefaults('tunnel'), uuid: 'u' };

  test('a whole record goes through unchanged, its fields in the order of the model', () => {
    const shuffled = Object.fromEntries(Object.entries(tunnel).reverse());
    expect(Object.keys(decode('record tunnel', shuffled) as object)).toEqual(Object.keys(tunnel));
    expect(decode('record tunnel', shuffled)).toEqual(tunnel);
  });
  test('a missing field is named', () => {
    const { status: _gone, ...rest } = tunnel;
    expect(() => decode('record tunnel', rest)).toThrow('it.status: missing');
  });
  test('what a newer server adds is kept where asked, and dropped elsewhere', () => {
    const newer = { ...tunnel, protocol: 'geneve', colour: 'blue' };
    expect(decode('record tunnel', newer, true)).toEqual(newer);
    expect(() => decode('record tunnel', newer)).toThrow('it.protocol: expected one of gre, vxlan');
    expect(decode('record tunnel', { ...tunnel, colour: 'blue' })).toEqual(tunnel);
  });
  test('what an older server lacks stays absent where that is allowed', () => {
    expect(decode('record tunnel', { uuid: 'u' }, true)).toEqual({ uuid: 'u' });
  });
  test('a member called __proto__ is a member', () => {
    const map: unknown = JSON.parse('{"__proto__":"x"}');
    expect(Object.entries(decode('map string string', map) as object)).toEqual([['__proto__', 'x']]);
  });
});

describe('decodeConstructor', () => {
  test('fills in the defaults and passes over what no constructor takes', () => {
    const args = decodeConstructor(classes.network, { other_config: {}, uuid: 'mine', MTU: '9000' }, 'args', schema);
    expect(args).toMatchObject({ name_label: '', other_config: {}, MTU: 9000 });
    expect(args).not.toHaveProperty('uuid');
  });
  test('names all that is missing', () => {
    expect(() => decodeConstructor(classes.VBD, { VM: 'a' }, 'args', schema)).toThrow(/args: missing VDI, userdevice, bootable/);
  });
});

describe('checkValue', () => {
  test.each([
    ['int', 5, undefined],
    ['int', '5', 'value: expected int, found a text'],
    ['datetime', '2026-03-04T05:06:07Z', 'value: expected datetime, found a text'],
    ['set string', ['a'], undefined],
    ['set string', 'a', 'value: expected set, found a text'],
    ['enum on_boot', 'x', "value: expected one of reset, persist, found 'x'"],
    ['set int', [1, '2'], 'value[1]: expected int, found a text'],
    ['map string int', { a: '2' }, 'value.a: expected int, found a text'],
  ])('%s %p', (type, value, problem) => {
    expect(checkValue(parseType(type), value)).toBe(problem);
  });
});

describe('encoding', () => {
  test('JSON carries canonical values as they are', () => {
    expect(encodeJson(parseType('int'), 5)).toBe(5);
    expect(encodeJson(parseType('void'), undefined)).toBe('');
  });
  test('XML-RPC carries ints as texts and times as times, at any depth', () => {
    const type = parseType('map string (set int)');
    expect(encodeXml(type, { a: [1, 2] }, schema)).toEqual({ a: ['1', '2'] });
    expect(encodeXml(parseType('datetime'), '20260304T05:06:07Z', schema)).toEqual(new DateTimeValue('20260304T05:06:07Z'));
    expect(encodeXml(parseType('float'), 1.5, schema)).toBe(1.5);
    expect(encodeXml(parseType('record crashdump'), { uuid: 'u', other_config: {} }, schema)).toEqual({ uuid: 'u', other_config: {} });
    expect(encodeXml(parseType('record VLAN'), { tag: 5 }, schema)).toEqual({ tag: '5' });
  });
});
