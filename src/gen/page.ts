// A page of the reference as blocks, and the two forms in which it is written: Markdown and man.

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'terms'; readonly terms: readonly (readonly [term: string, text: string])[] };

export interface Page {
  readonly name: string;
  /** Section of the manual. */
  readonly section: 1 | 5 | 7 | 8;
  readonly summary: string;
  readonly blocks: readonly Block[];
}

export const heading = (text: string): Block => ({ kind: 'heading', level: 1, text });
export const subheading = (text: string): Block => ({ kind: 'heading', level: 2, text });
export const text = (words: string): Block => ({ kind: 'text', text: words });
export const code = (words: string): Block => ({ kind: 'code', text: words });
export const terms = (list: readonly (readonly [string, string])[]): Block => ({ kind: 'terms', terms: list });

export const markdown = (page: Page): string =>
  `${['<!-- Generated from the table of commands: do not edit. -->', `# ${page.name}`, page.summary, ...page.blocks.map(markdownBlock)].join('\n\n')}\n`;

const markdownBlock = (block: Block): string => {
  switch (block.kind) {
    case 'heading':
      return `${block.level === 1 ? '##' : '###'} ${block.text}`;
    case 'text':
      return block.text;
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``;
    case 'terms':
      return block.terms.map(([term, words]) => `- \`${term}\`: ${words}`).join('\n');
    default:
      return block satisfies never;
  }
};

export const man = (page: Page): string =>
  `${[
    '.\\" Generated from the table of commands: do not edit.',
    `.TH ${page.name.toUpperCase().replaceAll(' ', '-')} ${page.section} "" "xcp" "xcp manual"`,
    '.SH NAME',
    `${escaped(page.name.replaceAll(' ', '-'))} \\- ${escaped(page.summary.replace(/\.$/, ''))}`,
    ...page.blocks.map(manBlock),
  ].join('\n')}\n`;

const manBlock = (block: Block): string => {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? `.SH ${escaped(block.text.toUpperCase())}` : `.SS ${escaped(block.text)}`;
    case 'text':
      return `.PP\n${escaped(block.text)}`;
    case 'code':
      return `.PP\n.nf\n.RS 4\n${block.text.split('\n').map(escaped).join('\n')}\n.RE\n.fi`;
    case 'terms':
      return block.terms.map(([term, words]) => `.TP\n\\fB${escaped(term)}\\fR\n${escaped(words)}`).join('\n');
    default:
      return block satisfies never;
  }
};

/** Backslashes and hyphens as themselves, and no line that begins like a request. */
const escaped = (words: string): string =>
  words
    .replaceAll('`', '')
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
