// A line as words, by the quotes and backslashes of a shell; nothing is expanded.

import { UsageError } from './exit.ts';

/** Throws UsageError if a quote is left open. */
export const shellWords = (line: string): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < line.length; i += 1) {
    const char = line[i] ?? '';
    if (quote === "'" ? char === "'" : quote === '"' && char === '"') {
      quote = undefined;
    } else if (quote === "'") {
      word = `${word ?? ''}${char}`;
    } else if (char === '\\') {
      i += 1;
      word = `${word ?? ''}${line[i] ?? ''}`;
    } else if (quote !== undefined) {
      word = `${word ?? ''}${char}`;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ''}${char}`;
    }
  }
  if (quote !== undefined) throw new UsageError('A quote is left open');
  return word === undefined ? words : [...words, word];
};
