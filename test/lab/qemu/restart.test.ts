// hostd is killed under running guests and started again: it finds all of them, touches none, and works with them as before.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { labHost, processesOf, type LabHost } from '../support/hosts.ts';
import { listen } from '../../../tools/tour/console.ts';

const GUESTS = 5;
let lab: LabHost;
let uuids: readonly string[] = [];

beforeAll(async () => {
  lab = await labHost('restart');
  const made: string[] = [];
  for (let i = 0; i < GUESTS; i++) {
    const uuid = await lab.xcp('vm-install', 'template=Tiny Linux', `new-name-label=guest ${i}`);
    await lab.xcp('vm-param-set', `uuid=${uuid}`, 'PV-args=console=ttyS0 quiet xcp.counter=vda xcp.counter.pause=0.2');
    await lab.xcp('vm-start', `uuid=${uuid}`);
    made.push(uuid);
  }
  uuids = made;
  await counting(uuids.at(-1) ?? '');
}, 180_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

/** The guest counts on its console, now. */
async function counting(uuid: string): Promise<number> {
  const console = listen(lab.host.server, uuid);
  try {
    return (await console.next(0, 90_000)).number;
  } finally {
    console.stop();
  }
}

const state = (uuid: string): Promise<string> => lab.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=power-state');
const domid = (uuid: string): Promise<string> => lab.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=dom-id');
const startTicks = (pid: string): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';

test.each(['SIGKILL', 'SIGTERM'] as const)('after %s all guests are found, none was touched', async signal => {
  const before = await Promise.all(uuids.map(domid));
  const ticks = before.map(startTicks);
  await lab.restart(signal);
  expect(await Promise.all(uuids.map(state))).toEqual(uuids.map(() => 'running'));
  expect(await Promise.all(uuids.map(domid))).toEqual(before);
  expect(before.map(startTicks)).toEqual(ticks);
  for (const uuid of uuids) expect(await counting(uuid)).toBeGreaterThan(0);
});

test('a guest that died while hostd was away is known to be halted, and starts again', async () => {
  const [dead = ''] = uuids;
  const pid = Number(await domid(dead));
  process.kill(lab.host.pid, 'SIGKILL');
  process.kill(pid, 'SIGKILL');
  await lab.restart('SIGKILL');
  expect(await state(dead)).toBe('halted');
  expect(await Promise.all(uuids.slice(1).map(state))).toEqual(uuids.slice(1).map(() => 'running'));
  await lab.xcp('vm-start', `uuid=${dead}`);
  expect(await counting(dead)).toBeGreaterThan(0);
});

test('a clean shutdown still works for each, and nothing is left', async () => {
  await Promise.all(uuids.map(uuid => lab.xcp('vm-shutdown', `uuid=${uuid}`)));
  expect(await Promise.all(uuids.map(state))).toEqual(uuids.map(() => 'halted'));
  expect(processesOf(lab.host.folder)).toEqual([lab.host.pid]);
});
