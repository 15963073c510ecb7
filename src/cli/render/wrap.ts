// Text for people, broken between words where the terminal ends.

import { widthOf } from './width.ts';

/** Lines of `text`, the first behind `first`, the others behind `rest`. A word that is longer than a line stands alone. */
export const wrapped = (text: string, columns: number, first = '', rest = first): readonly string[] => {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
};

/** Never a place where a line ends, though it looks like one. */
const NO_BREAK = '\u00a0';

export const unbroken = (text: string): string => text.replaceAll(' ', NO_BREAK);
export const broken = (text: string): string => text.replaceAll(NO_BREAK, ' ');

/** A line to type: where it has to be broken, a shell reads on. What stands in quotes stays in one piece. */
export const wrappedCommand = (line: string, columns: number, indent: string): readonly string[] => {
  if (widthOf(indent) + widthOf(line) <= columns) return [`${indent}${line}`];
  const whole = line.replaceAll(/"[^"]*"|'[^']*'/g, unbroken);
  const lines = wrapped(whole, columns - CONTINUED.length, indent, `${indent}    `).map(broken);
  return lines.map((each, i) => (i < lines.length - 1 ? `${each}${CONTINUED}` : each));
};

const CONTINUED = ' \\';
const GAP = 2;

/** Terms on the left, what they mean beside them; below them where a term is too long or the terminal too narrow. */
export const definitions = (
  terms: readonly (readonly [term: string, text: string])[],
  columns: number,
  { indent, mostLeft }: { readonly indent: string; readonly mostLeft: number },
): readonly string[] => {
  const widths = terms.map(([term]) => widthOf(term)).filter(width => width <= mostLeft);
  const left = widthOf(indent) + Math.max(0, ...widths) + GAP;
  const isNarrow = columns - left < mostLeft;
  const beside = ' '.repeat(isNarrow ? widthOf(indent) * 2 : left);
  return terms.flatMap(([term, text]) => {
    const head = `${indent}${term}`;
    if (isNarrow || widthOf(head) + GAP > left) return [head, ...wrapped(text, columns, beside)];
    return wrapped(text, columns, head.padEnd(left), beside);
  });
};
