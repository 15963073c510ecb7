// Reads a password from the terminal without showing it, or from standard input.

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { PasswordInput } from './passwd.ts';

export const passwordInput = (): PasswordInput => {
  const isTerminal = process.stdin.isTTY === true;
  return {
    isTerminal,
    async readLine(prompt) {
      if (isTerminal) process.stderr.write(prompt);
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({ input: process.stdin, output: silent, terminal: isTerminal });
      try {
        return await lines.question('');
      } finally {
        lines.close();
        if (isTerminal) process.stderr.write('\n');
      }
    },
  };
};
