// `completion bash|zsh|fish` prints the script, `completion install` puts it where the shell of the user looks.

import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Context, Handler } from '../../context.ts';
import { UsageError } from '../../exit.ts';
import { completionScript, type Shell, shells } from '../../completion/script.ts';

export const completion: Handler = async context => {
  const { args, io } = context;
  const named = shells.find(shell => args.has(shell) || args.get('shell') === shell);
  if (!args.has('install')) {
    if (named === undefined) throw new UsageError(`Name a shell: completion ${shells.join('|')}, or completion install`);
    context.out.direct(await completionScript(named));
    return;
  }
  const shell = named ?? shells.find(each => each === basename(io.env['SHELL'] ?? ''));
  if (shell === undefined) throw new UsageError(`Your shell is not known: completion install shell=${shells.join('|')}`);
  await install(context, shell);
};

const install = async ({ io, out }: Context, shell: Shell): Promise<void> => {
  const path = scriptPath(shell, io.env);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await completionScript(shell));
  out.note(`Written to ${path}. ${advice[shell]}`);
};

const advice: Readonly<Record<Shell, string>> = {
  bash: 'New shells with the package bash-completion know it; in others say: source that file.',
  zsh: 'Put this before compinit in ~/.zshrc: fpath=(~/.local/share/zsh/site-functions $fpath)',
  fish: 'New shells know it.',
};

export const scriptPath = (shell: Shell, env: Readonly<Record<string, string | undefined>>): string => {
  const home = env['HOME'] ?? homedir();
  const data = env['XDG_DATA_HOME'] ?? join(home, '.local', 'share');
  const paths: Readonly<Record<Shell, string>> = {
    bash: join(data, 'bash-completion', 'completions', 'xcp'),
    zsh: join(data, 'zsh', 'site-functions', '_xcp'),
    fish: join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'fish', 'completions', 'xcp.fish'),
  };
  return paths[shell];
};
