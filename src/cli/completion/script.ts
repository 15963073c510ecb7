// The completion scripts by shell.

import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { completionWords } from './words.ts';
import { zshScript } from './zsh.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The name under which the script is kept in `completions/`. */
export const scriptFile: Readonly<Record<Shell, string>> = { bash: 'xcp.bash', zsh: '_xcp', fish: 'xcp.fish' };

export const completionScript = async (shell: Shell): Promise<string> => {
  const words = await completionWords();
  switch (shell) {
    case 'bash':
      return bashScript(words);
    case 'zsh':
      return zshScript(words);
    case 'fish':
      return fishScript(words);
    default:
      return shell satisfies never;
  }
};
