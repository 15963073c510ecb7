// Texts of `param-set` and `param-add` as values of the API.

import type { Session } from '../../../client/session.ts';
import { NULL_REF_TEXT } from '../../../lib/brand.ts';
import { XenError } from '../../../model/error.ts';
import type { ClassName } from '../../../model/index.ts';
import { parseBytes, parseChoice, parseInteger } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import { byUuid } from '../../lookup.ts';
import { enumChoices, enumValue } from '../../records/enums.ts';
import { parseFloatParam } from '../call.ts';

/** Reads `text` in the way that `how` says (a kind of records/spec.ts, or its `set`). Throws CommandError or XenError. */
export const parseValue = async (how: string, name: string, text: string, session: Session): Promise<unknown> => {
  const [kind = '', detail = ''] = how.split(' ');
  switch (kind) {
    case 'bool':
      return strictBool(text, `Failed to parse parameter '${name}': expecting a boolean (true or false)`);
    case 'bool!':
      return strictBool(text, `Parameter ${name} must be a boolean (true or false)`);
    case 'int':
      return parseInteger(name, text);
    case 'int!':
      return serverInteger(text);
    case 'bytes':
      return parseBytes(name, text);
    case 'float':
      return parseFloatParam(name, text);
    case 'enum':
      return parseEnum(detail, text);
    case 'uuid?':
      return text === '' ? NULL_REF_TEXT : await byUuid(session, detail as ClassName, text);
    case 'uuid':
      return await byUuid(session, detail as ClassName, text);
    case 'uuids':
      return await Promise.all(commaList(text).map(uuid => byUuid(session, detail as ClassName, uuid)));
    case 'strings':
      return commaList(text);
    case 'ints':
      return commaList(text).map(each => parseInteger('value', each));
    default:
      return text;
  }
};

const commaList = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

const strictBool = (text: string, problem: string): boolean => {
  const word = text.toLowerCase();
  if (word !== 'true' && word !== 'false') throw new CommandError(problem);
  return word === 'true';
};

/** A number that servers report as their own failure when it is none. */
const serverInteger = (text: string): number => {
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new XenError('INTERNAL_ERROR', ['Failure: Int64.of_string']);
  return number;
};

const parseEnum = (name: string, text: string): string => {
  const choices = enumChoices[name] ?? [];
  if (name === 'domain_type' && !choices.includes(text.toLowerCase())) throw new CommandError(`Invalid domain type. Got ${text}`);
  // In the words of the server, which scripts know.
  if (name === 'vm_operation' && !choices.includes(text.toLowerCase())) throw new XenError('INVALID_VALUE', ['blocked_operation', text]);
  return enumValue(name, parseChoice(text, choices));
};
