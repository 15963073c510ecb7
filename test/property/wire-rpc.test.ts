// Whatever is written is read back; whatever comes in is read, or refused with one typed error.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ValueError } from '../../src/model/codec.ts';
import { XenError } from '../../src/model/error.ts';
import {
  checkValue,
  decodeParams,
  decodeValue,
  encodeJson,
  encodeXml,
  formatDateTime,
  allMessages,
  schema,
  type Type,
} from '../../src/model/index.ts';
import { parseWhere } from '../../src/model/where.ts';
import { parseJsonRequest } from '../../src/wire/jsonrpc.ts';
import { decodeUtf8, ProtocolError } from '../../src/wire/protocol-error.ts';
import { FORBIDDEN } from '../../src/wire/xml-scanner.ts';
import {
  formatDouble,
  parseMethodCall,
  parseMethodResponse,
  parseValue,
  serializeMethodCall,
  serializeValue,
} from '../../src/wire/xmlrpc.ts';

/** Runs and lets errors of one kind pass. */
const refusing = (kind: new (...args: never[]) => Error, run: () => unknown): void => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
  }
};

// XML cannot hold control characters, and its line ends are all one.
const xmlText = fc.string({ unit: 'binary' }).filter(text => !FORBIDDEN.test(text) && !text.includes('\r') && text.isWellFormed());

// Sixteen digits go over the wire.
const double = fc.double({ noNaN: true }).map(number => Number(number.toPrecision(16)));

const values = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    xmlText,
    fc.boolean(),
    double,
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(xmlText, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('values come back through XML-RPC', () => {
  fc.assert(
    fc.property(values, value => {
      expect(parseValue(serializeValue(value))).toEqual(value);
    }),
  );
});

test('calls come back through XML-RPC', () => {
  fc.assert(
    fc.property(xmlText, fc.array(values, { maxLength: 4 }), (method, params) => {
      expect(parseMethodCall(serializeMethodCall(method, params))).toEqual({ method: method.trim(), params });
    }),
  );
});

test('doubles keep 16 digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
      expect(Number(formatDouble(value))).toBe(Number(value.toPrecision(16)));
    }),
  );
});

const soup = fc.array(
  fc.constantFrom(
    '<value>',
    '</value>',
    '<struct>',
    '<member>',
    '<name>',
    '</name>',
    '<array>',
    '<data>',
    '<int>',
    '5',
    '&amp;',
    '&',
    '<',
    '>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?xml',
    '?>',
    '<!DOCTYPE',
    'text',
    ' ',
    '<methodCall>',
    '<methodName>',
    '</methodName>',
    '<params>',
    '<param>',
    '</param>',
    '</params>',
    '</methodCall>',
    '"',
    "'",
    '=',
  ),
  { maxLength: 60 },
);

test('any bytes are read as XML-RPC or refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        soup.map(parts => new TextEncoder().encode(parts.join(''))),
      ),
      bytes => {
        refusing(ProtocolError, () => parseMethodCall(decodeUtf8(bytes)));
        refusing(ProtocolError, () => parseMethodResponse(decodeUtf8(bytes)));
        refusing(ProtocolError, () => parseValue(decodeUtf8(bytes)));
      },
    ),
    { numRuns: 2000 },
  );
});

test('a call cut anywhere is refused', () => {
  const text = serializeMethodCall('VM.start', ['OpaqueRef:1 & <x>', { a: [true, 1.5, null] }]);
  for (let length = 0; length < text.length; length++) expect(() => parseMethodCall(text.slice(0, length))).toThrow(ProtocolError);
});

test('any bytes are read as JSON-RPC or refused', () => {
  const texts = fc.oneof(
    fc.json().map(text => new TextEncoder().encode(text)),
    fc.uint8Array(),
  );
  fc.assert(
    fc.property(texts, bytes => refusing(ProtocolError, () => parseJsonRequest(bytes))),
    { numRuns: 2000 },
  );
});

test('any text is an expression or refused', () => {
  const words = fc.array(
    fc.constantFrom('field', '"name__label"', '"x"', '=', 'and', 'or', 'not', '(', ')', 'true', 'false', ' ', '"', "'"),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        words.map(parts => parts.join(' ')),
      ),
      text => refusing(XenError, () => parseWhere('VM', text)),
    ),
    { numRuns: 2000 },
  );
});

/** Canonical values of a type. */
const canonical = (type: Type): fc.Arbitrary<unknown> => {
  switch (type.kind) {
    case 'string':
    case 'secretstring':
    case 'ref':
      return xmlText;
    case 'int':
      return fc.maxSafeInteger();
    case 'float':
      return fc.integer().map(number => number / 8);
    case 'bool':
      return fc.boolean();
    case 'datetime':
      return fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map(formatDateTime);
    case 'enum':
      return fc.constantFrom(...type.values);
    case 'set':
      return fc.array(canonical(type.of), { maxLength: 3 });
    case 'map':
      // Keys are texts, whatever they stand for.
      return fc.dictionary(canonical(type.key).map(String), canonical(type.value), { maxKeys: 3, noNullPrototype: true });
    case 'record': {
      const fields = [...(schema(type.cls)?.fields.values() ?? [])].filter(field => !field.wireOnly && field.type.kind !== 'option');
      return fc.record(Object.fromEntries(fields.map(field => [field.name, canonical(field.type)])), { noNullPrototype: true });
    }
    case 'void':
    case 'option':
      return fc.constant(undefined);
    default:
      return type satisfies never;
  }
};

const results = [...allMessages().values()].filter(
  message => message.kind === 'custom' || message.kind === 'getter' || message.kind === 'get_record',
);

test('results of every kind of message survive both codecs', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...results).chain(message => fc.tuple(fc.constant(message), canonical(message.result))),
      ([message, value]) => {
        const type = message.result;
        expect(type.kind === 'void' ? undefined : checkValue(type, value, 'value', schema)).toBeUndefined();
        const json: unknown = JSON.parse(JSON.stringify(encodeJson(type, value) ?? null));
        expect(decodeValue(type, json, { schema })).toEqual(value);
        const xml = parseValue(serializeValue(encodeXml(type, value, schema)));
        expect(decodeValue(type, xml, { schema })).toEqual(value);
      },
    ),
    { numRuns: 300 },
  );
});

test('any parameters are canonical or refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...allMessages().values()), fc.array(fc.anything(), { maxLength: 4 }), (message, args) =>
      refusing(XenError, () => decodeParams(message, args, schema)),
    ),
    { numRuns: 2000 },
  );
});

test('any value is of a type or refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...results), fc.anything(), (message, value) =>
      refusing(ValueError, () => decodeValue(message.result, value, { schema })),
    ),
    { numRuns: 2000 },
  );
});
