// A real terminal (tmux) with a shell in it, in which a test types and reads what stands on the screen.

import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const COLUMNS = 140;
const LINES = 50;
const LOOK_EVERY_MS = 30;
const PATIENCE_MS = 10_000;

export interface Terminal extends Disposable {
  /** Types as fingers do; `Tab`, `Enter`, `C-u` and the like are keys. */
  type(text: string): void;
  press(...keys: readonly string[]): void;
  /** The screen without blank ends. */
  screen(): string;
  /** Waits until the screen is as `holds` says, and resolves with it. Rejects with what was there instead. */
  until(holds: (screen: string) => boolean, patienceMs?: number): Promise<string>;
}

export interface TerminalOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

let count = 0;

export const openTerminal = ({ command, env, cwd }: TerminalOptions): Terminal => {
  count += 1;
  const socket = `xcp-test-${process.pid}-${count}`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env: { ...env, TERM: 'xterm' }, encoding: 'utf8' });
  const shell = command.map(word => `'${word}'`).join(' ');
  tmux('new-session', '-d', '-x', String(COLUMNS), '-y', String(LINES), '-c', cwd, shell);
  const screen = (): string => tmux('capture-pane', '-p').trimEnd();
  return {
    type: text => void tmux('send-keys', '-l', '--', text),
    press: (...keys) => void tmux('send-keys', '--', ...keys),
    screen,
    until: async (holds, patienceMs = PATIENCE_MS) => {
      const endsAt = performance.now() + patienceMs;
      for (;;) {
        const text = screen();
        if (holds(text)) return text;
        if (performance.now() > endsAt) throw new Error(`the screen is:\n${text}`);
        await sleep(LOOK_EVERY_MS);
      }
    },
    [Symbol.dispose]: () => void tmux('kill-server'),
  };
};
