// XML-RPC texts to values. Bounded: no more depth than MAX_DEPTH, no entities, work in proportion to the length of the text.
//
// Values come out plain: texts (untyped, string, dateTime.iso8601 as written), numbers (int, i1 to i8, double; an integer that a
// number cannot hold stays a text), booleans, arrays, objects, null (nil). What type a text was meant to be, the model knows.

import { ProtocolError } from './protocol-error.ts';
import { XmlScanner } from './xml-scanner.ts';

export const MAX_DEPTH = 64;

export interface XmlCall {
  readonly method: string;
  readonly params: readonly unknown[];
}
export type XmlResponse =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string };

/** Throws ProtocolError. */
export const parseMethodCall = (text: string): XmlCall => {
  const scan = new XmlScanner(text, { strict: true });
  scan.open('methodCall');
  scan.open('methodName');
  const method = scan.text().trim();
  scan.close('methodName');
  const params: unknown[] = [];
  const list = scan.openAny();
  if (list) {
    if (list.name !== 'params') throw scan.fail('expected <params>');
    if (!list.empty) readParams(scan, params);
  }
  scan.close('methodCall');
  scan.end();
  return { method, params };
};

/** Throws ProtocolError. Control characters that XML forbids are let through: servers send what their users typed. */
export const parseMethodResponse = (text: string): XmlResponse => {
  const scan = new XmlScanner(text, { strict: false });
  scan.open('methodResponse');
  const part = scan.openAny();
  const values: unknown[] = [];
  if (part?.name === 'params') readParams(scan, values);
  else if (part?.name === 'fault') {
    values.push(readValue(scan, 0));
    scan.close('fault');
  } else throw scan.fail('expected <params> or <fault>');
  scan.close('methodResponse');
  scan.end();
  if (values.length !== 1) throw new ProtocolError('a response has one value');
  return part.name === 'fault' ? faultOf(values[0]) : { kind: 'value', value: values[0] };
};

/** One value alone, as the results of tasks are kept: `<value>…</value>`. Throws ProtocolError. */
export const parseValue = (text: string): unknown => {
  const scan = new XmlScanner(text, { strict: false });
  const value = readValue(scan, 0);
  scan.end();
  return value;
};

const faultOf = (value: unknown): XmlResponse => {
  const fault: { readonly faultCode?: unknown; readonly faultString?: unknown } = typeof value === 'object' && value !== null ? value : {};
  const { faultCode, faultString } = fault;
  return { kind: 'fault', code: typeof faultCode === 'number' ? faultCode : 0, text: typeof faultString === 'string' ? faultString : '' };
};

const readParams = (scan: XmlScanner, into: unknown[]): void => {
  for (let tag = scan.openAny(); tag; tag = scan.openAny()) {
    if (tag.name !== 'param' || tag.empty) throw scan.fail('expected <param>');
    into.push(readValue(scan, 0));
    scan.close('param');
  }
  scan.close('params');
};

const readValue = (scan: XmlScanner, depth: number): unknown => {
  if (depth > MAX_DEPTH) throw scan.fail(`nested deeper than ${MAX_DEPTH}`);
  if (scan.open('value').empty) return '';
  const text = scan.text();
  const tag = scan.openAny();
  if (!tag) {
    scan.close('value');
    return text;
  }
  if (text.trim() !== '') throw scan.fail('a value is either text or one element');
  const value = readTyped(scan, tag.name, tag.empty, depth);
  scan.close('value');
  return value;
};

const readTyped = (scan: XmlScanner, name: string, empty: boolean, depth: number): unknown => {
  switch (name) {
    case 'array':
      return empty ? [] : readArray(scan, depth);
    case 'struct':
      return empty ? {} : readStruct(scan, depth);
    case 'nil':
    case 'ex:nil':
      if (!empty) scan.close(name);
      return null;
    default: {
      const text = empty ? '' : scan.text();
      if (!empty) scan.close(name);
      return readScalar(scan, name, text);
    }
  }
};

const readScalar = (scan: XmlScanner, name: string, text: string): unknown => {
  switch (name) {
    case 'string':
    case 'dateTime.iso8601':
      return text;
    case 'boolean':
      return readBoolean(scan, text.trim());
    case 'int':
    case 'i1':
    case 'i2':
    case 'i4':
    case 'i8':
    case 'ex:i1':
    case 'ex:i2':
    case 'ex:i8':
      return readInteger(scan, text.trim());
    case 'double':
    case 'ex:float':
      return readDouble(scan, text.trim());
    case 'base64':
      return readBase64(scan, text);
    default:
      throw scan.fail(`unknown type <${name.slice(0, 32)}>`);
  }
};

const readBoolean = (scan: XmlScanner, text: string): boolean => {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw scan.fail('a boolean is 0 or 1');
};

const readInteger = (scan: XmlScanner, text: string): number | string => {
  if (!/^[+-]?\d{1,20}$/.test(text)) throw scan.fail('an integer is a row of digits');
  const number = Number(text);
  if (!Number.isSafeInteger(number)) return text;
  return number === 0 ? 0 : number;
};

const readDouble = (scan: XmlScanner, text: string): number => {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  throw scan.fail('not a number');
};

// The API has no binary type: what comes as base64 is meant as a text.
const readBase64 = (scan: XmlScanner, text: string): string => {
  const compact = text.replaceAll(/\s+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64') !== compact) throw scan.fail('not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ProtocolError('binary values are not accepted', scan.offset, { cause: error });
  }
};

const readArray = (scan: XmlScanner, depth: number): readonly unknown[] => {
  const items: unknown[] = [];
  if (!scan.open('data').empty) {
    while (scan.peekOpen()) items.push(readValue(scan, depth + 1));
    scan.close('data');
  }
  scan.close('array');
  return items;
};

const readStruct = (scan: XmlScanner, depth: number): Readonly<Record<string, unknown>> => {
  const members: Record<string, unknown> = {};
  for (let tag = scan.openAny(); tag; tag = scan.openAny()) {
    if (tag.name !== 'member' || tag.empty) throw scan.fail('expected <member>');
    const name = scan.open('name').empty ? '' : readName(scan);
    const value = readValue(scan, depth + 1);
    scan.close('member');
    // Plain assignment to this one name would change the object's prototype.
    if (name === '__proto__') Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
    else members[name] = value;
  }
  scan.close('struct');
  return members;
};

const readName = (scan: XmlScanner): string => {
  const name = scan.text();
  scan.close('name');
  return name;
};
