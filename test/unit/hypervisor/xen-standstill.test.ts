// A guest stands still for a moment, by a real shell and an xl that counts pauses as Xen's does.

import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localDom0 } from '../../../src/drivers/hypervisor/xen/dom0.ts';
import { standingStill } from '../../../src/drivers/hypervisor/xen/migration/standstill.ts';
import { standIn } from '../../support/stand-in.ts';

const xl = (folder: string) => `#!/bin/sh
[ "$2" = 7 ] || { echo "xl: error: invalid domain identifier $2" >&2; exit 1; }
echo "$1" >>${folder}/calls
`;

const folder = standIn('xl', xl);
afterEach(() => rm(join(folder(), 'calls'), { force: true }));

const calls = async (): Promise<readonly string[]> =>
  (await readFile(join(folder(), 'calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1);

test('it is stopped before, and goes on when it is over', async () => {
  let during: readonly string[] = [];
  await standingStill(localDom0, 7, async () => {
    during = await calls();
  });
  expect(during).toEqual(['pause']);
  expect(await calls()).toEqual(['pause', 'unpause']);
});

test('it goes on when what was done failed, which is what is told', async () => {
  await expect(standingStill(localDom0, 7, () => Promise.reject(new Error('no mirror')))).rejects.toThrow('no mirror');
  expect(await calls()).toEqual(['pause', 'unpause']);
});

test('a guest that cannot be stopped is told of in xl’s words, and nothing is done', async () => {
  let isDone = false;
  const done = standingStill(localDom0, 8, async () => {
    isDone = true;
  });
  await expect(done).rejects.toMatchObject({ kind: 'not-found' });
  expect(isDone).toBe(false);
});

test('it goes on when the agent is killed meanwhile', async () => {
  const source = resolve(import.meta.dirname, '../../../src/drivers/hypervisor/xen');
  const agent = join(folder(), 'agent.mts');
  await writeFile(
    agent,
    `import { localDom0 } from '${source}/dom0.ts';
    import { standingStill } from '${source}/migration/standstill.ts';
    await standingStill(localDom0, 7, async () => process.kill(process.pid, 'SIGKILL'));`,
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', agent], {
    env: process.env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise(ended => child.once('exit', ended));
  expect(child.signalCode).toBe('SIGKILL');
  while ((await calls()).length < 2) await sleep(20);
  expect(await calls()).toEqual(['pause', 'unpause']);
});
