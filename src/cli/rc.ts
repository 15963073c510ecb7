// Defaults from outside the command line: ~/.xe and XE_EXTRA_ARGS.

import { readFileSync } from 'node:fs';
import { systemCode } from '../client/errors.ts';

/** XE_EXTRA_ARGS: words between commas; `\,` is a comma, every other backslash goes. */
export const splitExtraArgs = (text: string): readonly string[] => {
  const words: string[] = [];
  let word = '';
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? '';
    if (char === '\\') {
      if (text[i + 1] === ',') {
        word += ',';
        i += 1;
      }
    } else if (char === ',') {
      words.push(word);
      word = '';
    } else {
      word += char;
    }
  }
  return [...words, word].filter(each => each !== '');
};

export interface RcFile {
  readonly lines: readonly string[];
  /** What to tell the user about a file that was ignored. */
  readonly problem: string | undefined;
}

const NO_RC: RcFile = { lines: [], problem: undefined };

/** The lines of ~/.xe. One line without `=` and the whole file is ignored, with a note. */
export const parseRc = (text: string): RcFile => {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const wrong = lines.some(line => !line.includes('='));
  return wrong ? { lines: [], problem: 'Error parsing rc file. No defaults loaded' } : { lines, problem: undefined };
};

export const readRc = (home: string | undefined): RcFile => {
  if (home === undefined || home === '') return NO_RC;
  try {
    return parseRc(readFileSync(`${home}/.xe`, 'utf8'));
  } catch (error) {
    // A file that cannot be read gives no defaults; most users have none.
    if (systemCode(error) !== undefined) return NO_RC;
    throw error;
  }
};
