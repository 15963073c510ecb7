// Completion as fingers meet it: bash, zsh and fish in a real terminal, with the script that `xcp completion install` puts in place, against a
// host on the simulator. Commands, parameters, values of every kind, with blanks, colons and quotes in them.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram, type SimulatedHost, startSimulatedHost } from '../../support/program.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;

const missing = ['tmux', 'bash', 'zsh', 'fish'].filter(program => !has(program));
const PROMPT = 'ready> ';

let folder: string;
let env: Readonly<Record<string, string>>;
let host: SimulatedHost;

beforeAll(async () => {
  if (missing.length > 0) return;
  folder = mkdtempSync(join(tmpdir(), 'xcp-terminal-'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(resolve(import.meta.dirname, '../../../bin/xcp'), join(folder, 'bin', 'xcp'));
  host = await startSimulatedHost(folder);
  env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: folder, LANG: 'C.UTF-8', XCP_SERVER: host.server };
  for (const name of ['web server', "it's: odd"]) await command('vm-install', 'template=Other install media', `new-name-label=${name}`);
  const uuid = (await command('vm-list', 'name-label=web server', '--minimal')).trim();
  await command('vm-param-set', `uuid=${uuid}`, 'other-config:purpose=shop', 'other-config:place=hall 4');
  writeFileSync(join(folder, 'an image.iso'), '');
  for (const shell of Object.keys(starts)) await command('completion', 'install', `shell=${shell}`);
});

afterAll(async () => {
  if (missing.length > 0) return;
  await host[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const command = async (...args: readonly string[]): Promise<string> => {
  const said = await runProgram(args, { env });
  if (said.exit !== 0) throw new Error(`${args.join(' ')}: ${said.stderr}`);
  return said.stdout;
};

const starts: Readonly<Record<string, () => Terminal>> = {
  bash: () => {
    writeFileSync(
      join(folder, '.bashrc'),
      `PS1='${PROMPT}'\nbind 'set bell-style none'\nbind 'set show-all-if-ambiguous on'\nsource '${join(folder, '.local/share/bash-completion/completions/xcp')}'\n`,
    );
    return openTerminal({ command: ['bash', '--rcfile', join(folder, '.bashrc'), '-i'], env, cwd: folder });
  },
  zsh: () => {
    writeFileSync(
      join(folder, '.zshrc'),
      `PS1='${PROMPT}'\nunsetopt beep prompt_sp\nfpath=(~/.local/share/zsh/site-functions $fpath)\nautoload -U compinit && compinit -u\nbindkey -e\n`,
    );
    return openTerminal({ command: ['zsh', '-i'], env, cwd: folder });
  },
  fish: () => {
    // What it would guess from earlier lines stands on the screen like what was typed.
    writeFileSync(
      join(folder, '.config', 'fish', 'config.fish'),
      `function fish_prompt; echo -n '${PROMPT}'; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n`,
    );
    return openTerminal({ command: ['fish', '-i'], env, cwd: folder });
  },
};

const lineOf = (screen: string): string =>
  screen
    .split('\n')
    .findLast(line => line.startsWith(PROMPT.trim()))
    ?.slice(PROMPT.length) ?? '';

/** Types `text` and Tab on a fresh line, and waits until the line is `wanted`, or the screen holds it. */
const completes = async (terminal: Terminal, text: string, wanted: string | RegExp): Promise<void> => {
  terminal.press('C-u', 'C-l');
  await terminal.until(screen => lineOf(screen) === '' && screen.trim() === PROMPT.trim());
  terminal.type(text);
  // A key is never held up for a slow answer: on a busy machine a person presses it once more.
  for (let press = 1; ; press += 1) {
    terminal.press('Tab');
    try {
      await terminal.until(
        screen => (typeof wanted === 'string' ? lineOf(screen).trimEnd().replace(/,$/, '') === wanted : wanted.test(screen)),
        PATIENCE_PER_PRESS_MS,
      );
      return;
    } catch (error) {
      if (press === PRESSES) throw error;
    }
  }
};

const PRESSES = 5;
const PATIENCE_PER_PRESS_MS = 3_000;

const suite = missing.length === 0 ? describe : describe.skip;
if (missing.length > 0) test(`${missing.join(', ')} not here: tools/setup brings them`, () => expect(missing).not.toEqual([]));

suite.each(Object.keys(starts))('in %s', shell => {
  let terminal: Terminal;
  beforeAll(async () => {
    terminal = starts[shell]?.() ?? openTerminal({ command: ['false'], env, cwd: folder });
    await terminal.until(screen => screen.includes(PROMPT.trim()));
  });
  afterAll(() => terminal[Symbol.dispose]());

  test.each([
    ['the rest of a command', 'xcp vm-unp', 'xcp vm-unpause'],
    ['commands to choose from', 'xcp vlan-', /vlan-create[^]*vlan-destroy/],
    ['a parameter', 'xcp vlan-create pif', 'xcp vlan-create pif-uuid='],
    ['a map', 'xcp vm-param-set other', 'xcp vm-param-set other-config:'],
    ['a key that objects have', 'xcp vm-param-set other-config:purp', 'xcp vm-param-set other-config:purpose='],
    ['a word of an enumeration', 'xcp vm-list power-state=hal', 'xcp vm-list power-state=halted'],
    ['a field', 'xcp vm-param-get param-name=name-l', 'xcp vm-param-get param-name=name-label'],
    ['the second of several fields', 'xcp vm-list params=uuid,power-s', 'xcp vm-list params=uuid,power-state'],
    ['a name with a blank', 'xcp vm-start vm=we', 'xcp vm-start vm=web\\ server'],
    ['a name with a blank, begun with a backslash', 'xcp vm-start vm=web\\ se', 'xcp vm-start vm=web\\ server'],
    ['an option', 'xcp vm-list --par', 'xcp vm-list --parallel'],
    ['a form of output', 'xcp vm-list -o nd', 'xcp vm-list -o ndjson'],
    ['a file with a blank', 'xcp vm-import filename=an', 'xcp vm-import filename=an\\ image.iso'],
  ] as const)('%s', async (_what, text, wanted) => {
    await completes(terminal, text, wanted);
  });

  test('a name with a quote and a colon, as the shell needs it', async () => {
    await completes(terminal, 'xcp vm-param-get param-name=name-label uuid=it', /uuid=it\\'s:\\ odd/);
    terminal.press('Enter');
    await terminal.until(screen => /^it's: odd$/m.test(screen));
  });

  test('a uuid', async () => {
    const uuid = (await command('vm-list', 'name-label=web server', '--minimal')).trim();
    await completes(terminal, `xcp vm-param-list uuid=${uuid.slice(0, 6)}`, `xcp vm-param-list uuid=${uuid}`);
  });

  test('behind the options that say where', async () => {
    await completes(terminal, `xcp -s ${host.server} vm-start vm=we`, `xcp -s ${host.server} vm-start vm=web\\ server`);
  });
});

suite('what is kept for completion', () => {
  const cache = (): string => join(folder, '.cache', 'xcp', 'complete');

  test('can be read by its user alone', () => {
    const names = readdirSync(cache());
    expect(names.length).toBeGreaterThan(0);
    expect(statSync(cache()).mode & 0o77).toBe(0);
    for (const name of names) expect(statSync(join(cache(), name)).mode & 0o77).toBe(0);
  });

  test('holds uuids, names and keys, and no values', () => {
    const all = readdirSync(cache()).map(name => readFileSync(join(cache(), name), 'utf8'));
    expect(all.join('\n')).toContain('purpose');
    expect(all.join('\n')).not.toMatch(/hall 4|shop/);
  });
});
