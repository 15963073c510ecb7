// A process with an engine and a journal on SQLite is killed at every point of a plan; the next one cleans up or goes on.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CRASH_VARIABLE, crashPointFrom } from '../../../src/engine/crash-point.ts';

const runner = fileURLToPath(new URL('../../support/plan-runner.ts', import.meta.url));
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xcp-crash-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const live = (options: { readonly crashAt?: string; readonly failAt?: string } = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', runner, directory, options.failAt ?? ''], {
      env: { ...process.env, [CRASH_VARIABLE]: options.crashAt ?? '' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else if (signal === 'SIGKILL') resolve('killed');
      else reject(new Error(err));
    });
  });

const made = (): readonly string[] => readdirSync(directory).filter(name => name.endsWith('.made'));
const ended = (outcome: 'done' | 'undone'): string => JSON.stringify({ outcomes: [outcome], journal: 0 });

describe('a plan whose process is killed', () => {
  const forwardCases = ['a', 'b', 'c', 'd'].flatMap(step => ['before-do', 'after-do', 'journalled'].map(phase => `files:${step}:${phase}`));

  test.each(forwardCases)('at %s', async crashAt => {
    expect(await live({ crashAt })).toBe('killed');
    const isPastPivot = crashAt === 'files:c:journalled' || crashAt.startsWith('files:d:');
    expect(await live()).toBe(ended(isPastPivot ? 'done' : 'undone'));
    expect(made()).toHaveLength(isPastPivot ? 4 : 0);
  });

  test.each(['a', 'b'].flatMap(step => ['before-undo', 'after-undo'].map(phase => `files:${step}:${phase}`)))(
    'on its way back at %s, and once more there',
    async crashAt => {
      expect(await live({ crashAt, failAt: 'b' })).toBe('killed');
      expect(await live({ crashAt })).toBe('killed');
      expect(await live()).toBe(ended('undone'));
      expect(made()).toEqual([]);
    },
  );
});

describe('the variable that says where', () => {
  test('is looked at only when it is set, and fits exactly or by *', () => {
    expect(crashPointFrom({})).toBeUndefined();
    const elsewhere = crashPointFrom({ [CRASH_VARIABLE]: 'files:a:before-do' });
    elsewhere?.({ planId: '1', planKind: 'files', stepId: 'b', phase: 'before-do' });
    elsewhere?.({ planId: '1', planKind: 'files', stepId: 'a', phase: 'after-do' });
    expect(elsewhere).toBeInstanceOf(Function);
  });

  test('may be a file, which is looked at each time', async () => {
    const crashAt = join(directory, 'crash-at');
    expect(await live({ crashAt })).toBe(ended('done'));
    writeFileSync(crashAt, 'files:b:before-do\n');
    expect(await live({ crashAt })).toBe('killed');
    rmSync(crashAt);
    expect(await live({ crashAt })).toBe(ended('undone'));
  });
});
