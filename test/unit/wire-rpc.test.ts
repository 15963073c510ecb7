// XML-RPC and JSON-RPC: what is read, what is refused, and the exact bytes of what is written.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { DateTimeValue, Int4Value } from '../../src/lib/wire-values.ts';
import { allMessages, decodeValue, encodeXmlResult, schema } from '../../src/model/index.ts';
import { jsonCall, jsonFailure, jsonSuccess, type JsonRequest, parseJsonAnswer, parseJsonRequest } from '../../src/wire/jsonrpc.ts';
import { decodeUtf8, ProtocolError } from '../../src/wire/protocol-error.ts';
import {
  formatDouble,
  parseMethodCall,
  parseMethodResponse,
  parseValue,
  serializeFailure,
  serializeFault,
  serializeMethodCall,
  serializeMethodResponse,
  serializeSuccess,
  serializeValue,
} from '../../src/wire/xmlrpc.ts';

// The package has types for its client only.
const Deserializer = createRequire(import.meta.url)('xmlrpc/lib/deserializer') as new (
  encoding: string,
) => { deserializeMethodResponse(stream: Readable, done: (error: unknown, value: unknown) => void): void };

const call = (value: string): unknown =>
  parseMethodCall(`<methodCall><methodName>m</methodName><params><param>${value}</param></params></methodCall>`).params[0];

describe('XML-RPC values', () => {
  test.each<[string, unknown]>([
    ['<value>text</value>', 'text'],
    ['<value> two  blanks </value>', ' two  blanks '],
    ['<value></value>', ''],
    ['<value/>', ''],
    ['<value><string/></value>', ''],
    ['<value><string>a &amp; b &lt;c&gt; &#228;&#xe4;&quot;&apos;</string></value>', 'a & b <c> ää"\''],
    ['<value><![CDATA[<b>&amp;]]></value>', '<b>&amp;'],
    ['<value>a<!-- no -->b</value>', 'ab'],
    ['<value>a\r\nb\rc</value>', 'a\nb\nc'],
    ['<value><int>5</int></value>', 5],
    ['<value><i4> -1 </i4></value>', -1],
    ['<value><i8>9007199254740993</i8></value>', '9007199254740993'],
    ['<value><ex:i8>7</ex:i8></value>', 7],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><double>5.0</double></value>', 5],
    ['<value><double>-1.5e-3</double></value>', -0.0015],
    ['<value><nil/></value>', null],
    ['<value><ex:nil/></value>', null],
    ['<value><dateTime.iso8601>20260304T05:06:07Z</dateTime.iso8601></value>', '20260304T05:06:07Z'],
    ['<value><base64>w6Q=</base64></value>', 'ä'],
    ['<value>\n <array>\n <data>\n<value>a</value> <value><int>1</int></value></data></array></value>', ['a', 1]],
    ['<value><array><data/></array></value>', []],
    ['<value><struct></struct></value>', {}],
    [
      '<value><struct><member><name>k</name><value>v</value></member><member>\n<name>n</name><value/></member></struct></value>',
      { k: 'v', n: '' },
    ],
  ])('%s', (xml, value) => {
    expect(call(xml)).toEqual(value);
  });

  test('a member called __proto__ is a member', () => {
    const struct = call('<value><struct><member><name>__proto__</name><value>x</value></member></struct></value>');
    expect(Object.entries(struct as object)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(struct)).toBe(Object.prototype);
  });
});

describe('XML-RPC calls', () => {
  test('declaration, comments, blanks, attributes and missing params are accepted', () => {
    const text =
      '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- x -->\n<methodCall xmlns:ex="http://x/y>z"><methodName> a.b </methodName></methodCall>\n';
    expect(parseMethodCall(decodeUtf8(new TextEncoder().encode(text)))).toEqual({ method: 'a.b', params: [] });
  });

  const deep = (levels: number): string =>
    `<methodCall><methodName>m</methodName><params><param>${'<value><array><data>'.repeat(levels)}<value/>${'</data></array></value>'.repeat(levels)}</param></params></methodCall>`;
  test('nesting is bounded', () => {
    expect(() => parseMethodCall(deep(64))).not.toThrow();
    expect(() => parseMethodCall(deep(65))).toThrow('nested deeper than 64');
    expect(() => parseMethodCall(deep(100_000))).toThrow(ProtocolError);
  });

  test.each([
    ['', 'expected <methodCall>'],
    ['hello', 'expected <methodCall>'],
    ['<methodCall><methodName>VM.get_all', 'ends too early'],
    ['<methodCall></methodCall>', 'expected <methodName>'],
    ['<methodResponse/>', 'expected <methodCall>'],
    ['<methodCall><methodName>m</methodName></methodCall>x', 'nothing may follow'],
    ['<methodCall><methodName>m</methodName></methodCall', 'is not closed'],
    ['<!DOCTYPE a [<!ENTITY b "cc">]><methodCall><methodName>&b;</methodName></methodCall>', 'document types are not accepted'],
    ['<methodCall><methodName>&b;</methodName></methodCall>', 'unknown entity'],
    ['<methodCall><methodName>&#0;</methodName></methodCall>', 'unknown entity'],
    ['<methodCall><methodName>&#xd800;</methodName></methodCall>', 'unknown entity'],
    ['<methodCall><methodName>a & b</methodName></methodCall>', 'unknown entity'],
    ['<methodCall><methodName>a\u0000</methodName></methodCall>', 'a character that XML forbids'],
    ['<?xml version="1.0" encoding="latin1"?><methodCall/>', 'the encoding must be UTF-8'],
    ['<methodCall><methodName>m</methodName><params><value/></params></methodCall>', 'expected <param>'],
  ])('%p is refused', (text, problem) => {
    expect(() => parseMethodCall(text)).toThrow(ProtocolError);
    expect(() => parseMethodCall(text)).toThrow(problem);
  });
  test.each([
    '<value><int>x</int></value>',
    '<value><int></int></value>',
    '<value><boolean>yes</boolean></value>',
    '<value><double>0x10</double></value>',
    '<value><base64>!</base64></value>',
    '<value><base64>/w==</base64></value>',
    '<value><dragon>1</dragon></value>',
    '<value>text<int>1</int></value>',
    '<value><int>1</int>text</value>',
    '<value><array><value/></array></value>',
    '<value><struct><member><value/></member></struct></value>',
    '<value><string>a</value>',
    '<value><string a=1>a</string></value>',
  ])('%p is refused', xml => {
    expect(() => call(xml)).toThrow(ProtocolError);
  });
  test('bytes that are not UTF-8 are refused', () => {
    expect(() => decodeUtf8(new Uint8Array([0x3c, 0xff, 0xfe]))).toThrow(ProtocolError);
  });
});

describe('XML-RPC as it is written', () => {
  test.each<[unknown, string]>([
    ['a<b>&"c"\'', "<value>a&lt;b&gt;&amp;&quot;c&quot;'</value>"],
    ['\r\u0001', '<value>&#13;\ufffd</value>'],
    ['5', '<value>5</value>'],
    [true, '<value><boolean>1</boolean></value>'],
    [0.5, '<value><double>0.5</double></value>'],
    [new Int4Value(3), '<value><i4>3</i4></value>'],
    [new DateTimeValue('19700101T00:00:00Z'), '<value><dateTime.iso8601>19700101T00:00:00Z</dateTime.iso8601></value>'],
    [[], '<value><array><data></data></array></value>'],
    [{ a: 'b', gone: undefined }, '<value><struct><member><name>a</name><value>b</value></member></struct></value>'],
    [null, '<value><nil/></value>'],
    [undefined, '<value></value>'],
  ])('%p', (value, xml) => {
    expect(serializeValue(value)).toBe(xml);
  });

  test.each([
    [0, '0'],
    [1, '1'],
    [-1, '-1'],
    [0.1, '0.1'],
    [1 / 3, '0.3333333333333333'],
    [2 / 3, '0.6666666666666666'],
    [1e15, '1000000000000000'],
    [1e16, '1e+16'],
    [1.5e300, '1.5e+300'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [123456.789, '123456.789'],
    [Number.NaN, 'nan'],
    [-Infinity, '-inf'],
  ])('double %d', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  test('what is too deep to be read is not written', () => {
    let value: unknown = '';
    for (let level = 0; level < 100; level++) value = [value];
    expect(() => serializeValue(value)).toThrow(ProtocolError);
  });

  test('calls, answers and faults are read back', () => {
    expect(parseMethodCall(serializeMethodCall('VM.start', ['s', false, { a: ['1'] }]))).toEqual({
      method: 'VM.start',
      params: ['s', false, { a: ['1'] }],
    });
    expect(parseMethodResponse(serializeSuccess(undefined))).toEqual({ kind: 'value', value: { Status: 'Success', Value: '' } });
    expect(parseMethodResponse(serializeFailure(['CODE', 'a']))).toEqual({
      kind: 'value',
      value: { Status: 'Failure', ErrorDescription: ['CODE', 'a'] },
    });
    expect(parseMethodResponse(serializeFault(7, 'no'))).toEqual({ kind: 'fault', code: 7, text: 'no' });
    expect(parseValue('<value>OpaqueRef:1</value>')).toBe('OpaqueRef:1');
  });

  test('the xmlrpc package reads what we write', async () => {
    const value = { a: 'x & y', list: ['1', true, 1.5], empty: {}, none: [], text: 'line\nline' };
    const read = await new Promise((resolve, reject) => {
      const stream = Readable.from([serializeMethodResponse(value)]);
      new Deserializer('utf8').deserializeMethodResponse(stream, (error, result) => (error ? reject(error) : resolve(result)));
    });
    expect(read).toEqual(value);
  });
});

const request = (fields: object): JsonRequest =>
  parseJsonRequest(JSON.stringify({ jsonrpc: '2.0', method: 'm', params: [], id: 1, ...fields }));

describe('JSON-RPC requests', () => {
  test.each([
    ['2.0', {}, { version: '2.0', id: 1, method: 'm', params: [] }],
    ['1.0', { jsonrpc: undefined }, { version: '1.0', id: 1, method: 'm', params: [] }],
    ['a text as id', { id: 'abc' }, { version: '2.0', id: 'abc', method: 'm', params: [] }],
    ['a negative id', { id: -1 }, { version: '2.0', id: -1, method: 'm', params: [] }],
    ['no params', { params: undefined }, { version: '2.0', id: 1, method: 'm', params: [] }],
    ['named params', { params: { a: 1 } }, { version: '2.0', id: 1, method: 'm', params: [{ a: 1 }] }],
  ])('%s', (_name, fields, parsed) => {
    expect(request(fields)).toEqual(parsed);
  });
  test.each([
    '',
    '{',
    '[]',
    'null',
    '5',
    '[{"jsonrpc":"2.0","method":"m","params":[],"id":1}]',
    '{"method":"m"}',
    '{"method":"m","id":null}',
  ])('%p is refused', text => {
    expect(() => parseJsonRequest(text)).toThrow(ProtocolError);
  });
  test.each([{ method: 1 }, { id: 1.5 }, { id: {} }, { method: undefined }])('%p is refused', fields => {
    expect(() => request(fields)).toThrow(ProtocolError);
  });
  test('nesting is measured outside of texts, whatever their length', () => {
    const nested = (levels: number): string => `{"method":"m","id":1,"params":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(() => parseJsonRequest(nested(63))).not.toThrow();
    expect(() => parseJsonRequest(nested(64))).toThrow('nested deeper than 64');
    expect(() => parseJsonRequest(nested(1_000_000))).toThrow(ProtocolError);
    const brackets = JSON.stringify({ method: 'm', id: 1, params: ['["[{\\'.repeat(50_000)] });
    expect(parseJsonRequest(brackets).params).toHaveLength(1);
    expect(() => parseJsonRequest(`"${'\\'.repeat(100_001)}`)).toThrow(ProtocolError);
  });
  test('bytes are taken too, if they are UTF-8', () => {
    expect(parseJsonRequest(new TextEncoder().encode('{"method":"ä","id":1}')).method).toBe('ä');
    expect(() => parseJsonRequest(new Uint8Array([0x22, 0xff]))).toThrow(ProtocolError);
  });
});

describe('JSON-RPC answers', () => {
  const two = request({});
  const one = request({ jsonrpc: undefined, id: 'abc' });
  test('are in the version of the request', () => {
    expect(jsonSuccess(two, ['r'])).toBe('{"jsonrpc":"2.0","result":["r"],"id":1}');
    expect(jsonSuccess(one, undefined)).toBe('{"result":"","error":null,"id":"abc"}');
    expect(jsonFailure(two, ['UUID_INVALID', 'VM', 'u'])).toBe(
      '{"jsonrpc":"2.0","error":{"code":1,"message":"UUID_INVALID","data":["VM","u"]},"id":1}',
    );
    expect(jsonFailure(one, ['UUID_INVALID', 'VM', 'u'])).toBe('{"result":null,"error":["UUID_INVALID","VM","u"],"id":"abc"}');
  });
  test('are understood in both versions', () => {
    expect(parseJsonAnswer(jsonSuccess(two, 5))).toEqual({ kind: 'value', value: 5 });
    for (const version of [one, two])
      expect(parseJsonAnswer(jsonFailure(version, ['A', 'b']))).toEqual({ kind: 'failure', description: ['A', 'b'] });
    expect(parseJsonRequest(jsonCall('m', ['s'], 3))).toEqual({ version: '2.0', id: 3, method: 'm', params: ['s'] });
  });
  test.each(['', 'null', '{}', '{"error":5}', '{"error":{}}'])('%p is none', text => {
    expect(() => parseJsonAnswer(text)).toThrow(ProtocolError);
  });
});

const folder = process.env['XCP_GOLDEN'] ?? new URL('../../../shared/golden', import.meta.url).pathname;
const file = `${folder}/wire/readonly.jsonl`;

interface Recording {
  readonly id: string;
  readonly transport: string;
  readonly status: number;
  readonly request: string;
  readonly response: string;
}

if (!existsSync(file)) {
  test(`no recordings of another server on this machine (${file}): nothing to compare with`, () => {
    expect(existsSync(file)).toBe(false);
  });
} else {
  const recordings = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Recording)
    .filter(recording => recording.transport === 'xmlrpc' && recording.request !== '');

  describe('recorded exchanges', () => {
    test.each(recordings.filter(({ status }) => status === 200).map(recording => [recording.id, recording] as const))(
      '%s',
      (_id, recording) => {
        const { method } = parseMethodCall(recording.request);
        const answer = parseMethodResponse(recording.response);
        const value = answer.kind === 'value' ? (answer.value as Readonly<Record<string, unknown>>) : {};
        const message = allMessages().get(method);
        if (value['Status'] !== 'Success' || !message || message.cls === 'event') {
          expect(serializeMethodResponse(value)).toBe(recording.response);
          return;
        }
        const canonical = decodeValue(message.result, value['Value'], { schema, lenient: true });
        expect(serializeSuccess(encodeXmlResult(message, canonical, schema))).toBe(recording.response);
      },
    );
    test.each(recordings.filter(({ status }) => status === 500).map(recording => [recording.id, recording] as const))(
      '%s',
      (_id, recording) => {
        expect(() => parseMethodCall(recording.request)).toThrow(ProtocolError);
      },
    );
  });
}
