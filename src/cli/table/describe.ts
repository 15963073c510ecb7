// What each parameter of a command takes, in words, and a line that could be typed: for the pages and for the help on a terminal.

import { cliClasses } from '../records/classes.ts';
import type { ParamInfo, ParamType } from './params.ts';
import type { Row } from './row.ts';

/** A line that could be typed: what is required, with a value of its kind. */
export const example = (name: string, row: Row, params: readonly ParamInfo[]): string => {
  const required = params.filter(({ need }) => need === 'required').map(({ name: param, type }) => `${param}=${placeholder(type)}`);
  const selector = row.selects === undefined ? [] : [`${row.selects.slice(0, -1)}=NAME`];
  return ['xcp', name, ...required, ...selector].join(' ');
};

export const placeholder = (type: ParamType): string => {
  switch (type.kind) {
    case 'uuid':
      return `${type.cls.toUpperCase()}-UUID`;
    case 'name':
      return 'NAME';
    case 'choice':
      return type.values.filter(value => value !== '').join('|');
    case 'flag':
      return 'true|false';
    case 'map':
      return 'VALUE';
    case 'number':
      return 'NUMBER';
    case 'size':
      return 'SIZE';
    case 'file':
      return 'FILE';
    case 'field':
      return 'FIELD';
    case 'fields':
      return 'FIELD,…';
    case 'text':
      return 'TEXT';
    default:
      return type satisfies never;
  }
};

export const meaning = (type: ParamType): string => {
  switch (type.kind) {
    case 'uuid':
      return `The uuid of an object of class ${cliClasses[type.cls].api}; its name does too, where objects of the class have one and no other has the same.`;
    case 'name':
      return `The name of an object of class ${cliClasses[type.cls].api}.`;
    case 'choice':
      return 'One of the words.';
    case 'flag':
      return 'Given as `--name` it means true.';
    case 'map':
      return 'Once per key.';
    case 'number':
      return 'A number.';
    case 'size':
      return 'In bytes, or with KiB, MiB, GiB or TiB.';
    case 'file':
      return 'A file.';
    case 'field':
      return 'A field of the class, see below.';
    case 'fields':
      return 'Fields of the class, see below, or `all`.';
    case 'text':
      return 'Any text.';
    default:
      return type satisfies never;
  }
};
