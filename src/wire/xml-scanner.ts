// Walks the part of XML that XML-RPC needs: tags, text, CDATA, comments. Sans I/O: the whole text is there.
//
// Left out on purpose, so that nothing can grow: document types, and with them every entity but the five of XML and character
// numbers. Attributes are passed over; a prefix such as `ex:` is part of the name.

import { ProtocolError } from './protocol-error.ts';

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What XML 1.0 cannot hold: control characters but tab and line ends, and two that are none. */
export const FORBIDDEN = /[^\t\n\r -\ufffd]/;

export interface Tag {
  readonly name: string;
  /** `<name/>`: there is no closing tag. */
  readonly empty: boolean;
}

export class XmlScanner {
  readonly #text: string;
  #at = 0;

  /** `strict` also refuses the control characters that XML forbids; some servers send them. */
  constructor(text: string, options: { readonly strict: boolean }) {
    const forbidden = options.strict ? text.search(FORBIDDEN) : -1;
    if (forbidden >= 0) throw new ProtocolError('a character that XML forbids', forbidden);
    this.#text = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    this.#declaration();
  }

  get offset(): number {
    return this.#at;
  }

  fail(problem: string): ProtocolError {
    return new ProtocolError(problem, this.#at);
  }

  /** The next tag must open this element. */
  open(name: string): Tag {
    const tag = this.openAny();
    if (tag?.name !== name) throw this.fail(`expected <${name}>`);
    return tag;
  }

  /** The next tag if it opens an element; undefined if it closes one or the text ends. Blanks and comments are passed over. */
  openAny(): Tag | undefined {
    if (!this.peekOpen()) return undefined;
    const start = ++this.#at;
    while (isNameCharacter(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === start) throw this.fail('expected the name of an element');
    const name = this.#text.slice(start, this.#at);
    this.#attributes();
    const empty = this.#text[this.#at] === '/';
    if (empty) this.#at++;
    if (this.#text[this.#at] !== '>') throw this.fail(`<${name.slice(0, 32)} is not closed`);
    this.#at++;
    return { name, empty };
  }

  /** Whether the next tag opens an element. */
  peekOpen(): boolean {
    this.#blank();
    return this.#text[this.#at] === '<' && this.#text[this.#at + 1] !== '/';
  }

  /** The next tag must close this element. */
  close(name: string): void {
    this.#blank();
    if (!this.#text.startsWith(`</${name}`, this.#at)) throw this.fail(`expected </${name}>`);
    this.#at += name.length + 2;
    this.#spaces();
    if (this.#text[this.#at] !== '>') throw this.fail(`</${name} is not closed`);
    this.#at++;
  }

  /** Text up to the next tag, decoded. */
  text(): string {
    let all = '';
    for (;;) {
      const end = this.#text.indexOf('<', this.#at);
      if (end < 0) throw new ProtocolError('the text ends too early', this.#text.length);
      if (end > this.#at) all += this.#decoded(this.#at, end);
      this.#at = end;
      if (this.#text.startsWith('<![CDATA[', end)) {
        const close = this.#end(']]>', end + 9);
        all += this.#text.slice(end + 9, close - 3);
        this.#at = close;
      } else if (!this.#comment()) return all;
    }
  }

  /** Only blanks and comments may follow. */
  end(): void {
    this.#blank();
    if (this.#at < this.#text.length) throw this.fail('nothing may follow the document');
  }

  #declaration(): void {
    if (!this.#text.startsWith('<?xml', this.#at)) return;
    const close = this.#end('?>', this.#at);
    const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(this.#text.slice(this.#at, close))?.[1];
    if (encoding !== undefined && !/^(utf-?8|us-ascii|ascii)$/i.test(encoding)) throw this.fail('the encoding must be UTF-8');
    this.#at = close;
  }

  #blank(): void {
    do this.#spaces();
    while (this.#comment());
  }

  #spaces(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x09) return;
      this.#at++;
    }
  }

  /** Passes over one comment or processing instruction, if one is here. */
  #comment(): boolean {
    if (this.#text[this.#at] !== '<') return false;
    if (this.#text[this.#at + 1] === '?') this.#at = this.#end('?>', this.#at);
    else if (this.#text.startsWith('<!--', this.#at)) this.#at = this.#end('-->', this.#at + 4);
    else if (this.#text.startsWith('<!D', this.#at)) throw this.fail('document types are not accepted');
    else return false;
    return true;
  }

  #end(mark: string, from: number): number {
    const at = this.#text.indexOf(mark, from);
    if (at < 0) throw new ProtocolError('the text ends too early', this.#text.length);
    return at + mark.length;
  }

  #attributes(): void {
    ATTRIBUTE.lastIndex = this.#at;
    while (ATTRIBUTE.test(this.#text)) this.#at = ATTRIBUTE.lastIndex;
    this.#spaces();
  }

  #decoded(from: number, to: number): string {
    const raw = this.#text.slice(from, to);
    if (!raw.includes('&')) return raw;
    return raw.replace(/&([^;&]{0,10});?/g, (whole, entity: string) => {
      const character = whole.endsWith(';') ? (entity.startsWith('#') ? numbered(entity) : NAMED[entity]) : undefined;
      if (character === undefined) throw this.fail(`unknown entity '${whole.slice(0, 12)}'`);
      return character;
    });
  }
}

const ATTRIBUTE = /\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')/y;

const isNameCharacter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2d && code <= 0x3a && code !== 0x2f) || code === 0x5f;

const numbered = (entity: string): string | undefined => {
  const digits = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(entity);
  if (!digits) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const allowed = code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
  const surrogate = code >= 0xd800 && code <= 0xdfff;
  return allowed && !surrogate && code <= 0x10ffff && code !== 0xfffe && code !== 0xffff ? String.fromCodePoint(code) : undefined;
};
