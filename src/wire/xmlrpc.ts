// XML-RPC, both directions. Reading is in xmlrpc-read.ts; this file writes, byte for byte as the servers of this API always have:
// texts and integers without a type, one line, no blanks.
//
// Values: string → untyped · boolean · number → double · DateTimeValue · Int4Value → i4 · array · object → struct (members that are
// undefined are left out) · null → nil · undefined → ''. Characters that XML cannot hold are written as U+FFFD.

import { DateTimeValue, Int4Value } from '../lib/wire-values.ts';
import { ProtocolError } from './protocol-error.ts';
import { FORBIDDEN } from './xml-scanner.ts';
import { MAX_DEPTH } from './xmlrpc-read.ts';

export { ProtocolError } from './protocol-error.ts';
export { MAX_DEPTH, parseMethodCall, parseMethodResponse, parseValue, type XmlCall, type XmlResponse } from './xmlrpc-read.ts';

const HEAD = '<?xml version="1.0"?>';

export const serializeMethodCall = (method: string, params: readonly unknown[]): string =>
  `${HEAD}<methodCall><methodName>${escape(method)}</methodName><params>${params.map(param).join('')}</params></methodCall>`;

export const serializeMethodResponse = (value: unknown): string =>
  `${HEAD}<methodResponse><params>${param(value)}</params></methodResponse>`;

/** The answer to a call that went well. */
export const serializeSuccess = (value: unknown): string => serializeMethodResponse({ Status: 'Success', Value: value ?? '' });

/** The answer to one that did not: the code, then its parameters. */
export const serializeFailure = (description: readonly string[]): string =>
  serializeMethodResponse({ Status: 'Failure', ErrorDescription: description });

/** One value alone, as the results of tasks are kept. */
export const serializeValue = (value: unknown): string => write(value, 0);

export const serializeFault = (code: number, text: string): string =>
  `${HEAD}<methodResponse><fault>${write({ faultCode: new Int4Value(code), faultString: text }, 0)}</fault></methodResponse>`;

const param = (value: unknown): string => `<param>${write(value, 0)}</param>`;

const write = (value: unknown, depth: number): string => {
  if (depth > MAX_DEPTH) throw new ProtocolError(`nested deeper than ${MAX_DEPTH}`);
  switch (typeof value) {
    case 'string':
      return `<value>${escape(value)}</value>`;
    case 'boolean':
      return `<value><boolean>${value ? 1 : 0}</boolean></value>`;
    case 'number':
      return `<value><double>${formatDouble(value)}</double></value>`;
    case 'undefined':
      return '<value></value>';
    case 'object':
      return value === null ? '<value><nil/></value>' : writeObject(value, depth);
    default:
      throw new TypeError(`XML-RPC has no ${typeof value}`);
  }
};

const writeObject = (value: object, depth: number): string => {
  if (value instanceof DateTimeValue) return `<value><dateTime.iso8601>${escape(value.text)}</dateTime.iso8601></value>`;
  if (value instanceof Int4Value) return `<value><i4>${value.value}</i4></value>`;
  if (Array.isArray(value)) {
    let items = '';
    for (const item of value) items += write(item, depth + 1);
    return `<value><array><data>${items}</data></array></value>`;
  }
  let members = '';
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) members += `<member><name>${escape(name)}</name>${write(item, depth + 1)}</member>`;
  }
  return `<value><struct>${members}</struct></value>`;
};

const SPECIAL = /[&<>"\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const EACH_SPECIAL = new RegExp(SPECIAL, 'g');
const EACH_FORBIDDEN = new RegExp(FORBIDDEN, 'g');

const escape = (text: string): string => {
  const writable = FORBIDDEN.test(text) ? text.replace(EACH_FORBIDDEN, '\ufffd') : text;
  return SPECIAL.test(writable) ? writable.replace(EACH_SPECIAL, found => ESCAPES[found] ?? found) : writable;
};

/** As C's `%.16g`. */
export const formatDouble = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const [mantissa = '', power = '0'] = value.toExponential(15).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return trimZeros(value.toFixed(15 - exponent));
  const sign = exponent < 0 ? '-' : '+';
  return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
};

const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);
