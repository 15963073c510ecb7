// The filter expressions of `get_all_where` and `get_all_records_where`:
//
//   expression = term { ("and" | "or") term }          equal precedence, left to right
//   term       = "not" term | "(" expression ")" | "true" | "false" | value "=" value
//   value      = 'field "name"' | '"text"'             no escapes; names are columns: name__label, and _ref
//
// Values are compared as texts, as the database would write them. The nesting is bounded; a field that does not exist is found before
// the first record is looked at.

import type { ClassModel, FieldModel } from './compile.ts';
import { XenError } from './error.ts';
import { type ClassName, classes } from './index.ts';

type RecordFields = Readonly<Record<string, unknown>>;
export type Predicate = (ref: string, record: RecordFields) => boolean;
type Operand = (ref: string, record: RecordFields) => string;

const MAX_DEPTH = 64;

/** Throws XenError: INVALID_VALUE [text, what is wrong] for bad grammar, INTERNAL_ERROR ["missing field", name, ""] for a bad name. */
export const parseWhere = (cls: ClassName, text: string): Predicate => compileWhere(classes[cls], text);

/** The same for a class that was loaded alone. */
export const compileWhere = (model: ClassModel, text: string): Predicate => {
  const parser = new Parser(model, text);
  return parser.parse();
};

class Parser {
  readonly #columns: ReadonlyMap<string, FieldModel>;
  readonly #text: string;
  readonly #tokens: readonly string[];
  #missing: string | undefined;
  #at = 0;

  constructor(model: ClassModel, text: string) {
    this.#columns = new Map([...model.fields.values()].map(field => [field.column, field]));
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Predicate {
    const predicate = this.#expression(0);
    if (this.#at < this.#tokens.length) throw invalid(this.#text, `'${this.#tokens[this.#at]}' is not expected`);
    if (this.#missing !== undefined) throw new XenError('INTERNAL_ERROR', ['missing field', this.#missing, '']);
    return predicate;
  }

  // A chain is a list, not a tree: its length is bounded by the text alone, and walking it takes no stack.
  #expression(depth: number): Predicate {
    const first = this.#term(depth);
    const rest: { readonly and: boolean; readonly term: Predicate }[] = [];
    for (let word = this.#peek(); word === 'and' || word === 'or'; word = this.#peek()) {
      this.#at++;
      rest.push({ and: word === 'and', term: this.#term(depth) });
    }
    if (rest.length === 0) return first;
    return (ref, record) => {
      let value = first(ref, record);
      for (const { and, term } of rest) value = and ? value && term(ref, record) : value || term(ref, record);
      return value;
    };
  }

  #term(depth: number): Predicate {
    if (depth > MAX_DEPTH) throw invalid(this.#text, `nested deeper than ${MAX_DEPTH}`);
    switch (this.#peek()) {
      case 'not': {
        this.#at++;
        const term = this.#term(depth + 1);
        return (ref, record) => !term(ref, record);
      }
      case '(': {
        this.#at++;
        const inner = this.#expression(depth + 1);
        this.#expect(')');
        return inner;
      }
      case 'true':
        this.#at++;
        return () => true;
      case 'false':
        this.#at++;
        return () => false;
      default:
        return this.#comparison();
    }
  }

  #comparison(): Predicate {
    const left = this.#operand();
    this.#expect('=');
    const right = this.#operand();
    return (ref, record) => left(ref, record) === right(ref, record);
  }

  #operand(): Operand {
    if (this.#peek() === 'field') {
      this.#at++;
      return this.#column(this.#quoted());
    }
    const text = this.#quoted();
    return () => text;
  }

  #column(name: string): Operand {
    if (name === '_ref') return ref => ref;
    const field = this.#columns.get(name);
    if (!field) this.#missing ??= name;
    return (_ref, record) => columnText(field && record[field.name]);
  }

  #quoted(): string {
    const token = this.#peek();
    if (token === undefined || !token.startsWith('"')) throw this.#unexpected('a quoted text');
    this.#at++;
    return token.slice(1, -1);
  }

  #expect(wanted: string): void {
    if (this.#peek() !== wanted) throw this.#unexpected(`'${wanted}'`);
    this.#at++;
  }

  #unexpected(wanted: string): XenError {
    const token = this.#peek();
    return invalid(this.#text, `expected ${wanted}, found ${token === undefined ? 'the end' : `'${token.slice(0, 64)}'`}`);
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }
}

const TOKEN = /\s*(?:("[^"]*")|([()=])|(field|true|false|not|and|or)\b)/y;

const tokenize = (text: string): readonly string[] => {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw invalid(text, `no word of the language at character ${at + 1}`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
};

const invalid = (text: string, problem: string): XenError => new XenError('INVALID_VALUE', [text, problem]);

/** A value as a database column holds it. */
const columnText = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.map(item => quote(String(item))).join(' ')})`;
  if (typeof value === 'object' && value !== null) {
    return `(${Object.entries(value)
      .map(([key, item]) => `(${quote(key)} ${quote(String(item))})`)
      .join(' ')})`;
  }
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
