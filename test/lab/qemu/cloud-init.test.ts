// First-boot configuration: `vm-install` makes a small disk that cloud-init finds, and the guest does what it says.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runXcp } from '../../../tools/hosts/host.ts';
import { typed } from '../support/guest-console.ts';
import { labHost, type LabHost } from '../support/hosts.ts';

let lab: LabHost;
const folder = mkdtempSync(join(tmpdir(), 'xcp-user-data-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const secret = 'a-password-that-is-nowhere-else';

beforeAll(async () => {
  lab = await labHost('seed');
}, 60_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('a guest takes its name and runs its script at first boot', async () => {
  const script = file('script', `#!/bin/sh\necho ${secret} >/tmp/done\necho "seeded $(hostname) by $0"\n`);
  const vm = await lab.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=Web Sérver 1', `user-data=${script}`);
  await lab.xcp('vm-start', `uuid=${vm}`);
  expect(
    (await typed(lab.host.server, vm, 'echo "name-$(hostname)-$(cat /tmp/done)-"', /name-([\w-]+?)-(a-pass[\w-]*?)-\s/)).slice(1),
  ).toEqual(['web-se-rver-1', secret]);
  const disk = await lab.xcp('vbd-list', `vm-uuid=${vm}`, 'vdi-name-label=cloud-init', 'params=mode,userdevice,type,currently-attached');
  expect(disk).toMatch(/mode \( RW\)\s*: RO/);
  expect(disk).toMatch(/userdevice \( RW\)\s*: 15/);
  // Nothing of it is in a record, in the log, or beside the disk.
  expect(await lab.xcp('vm-param-list', `uuid=${vm}`)).not.toContain(secret);
  expect(readdirSync(join(lab.host.folder, 'run')).filter(name => name.startsWith('seed-'))).toEqual([]);
  await lab.xcp('vm-uninstall', `uuid=${vm}`, '--force');
  expect(await lab.xcp('vdi-list', 'params=uuid', '--minimal')).toBe('');
}, 120_000);

test.each([
  ['a file that is not there', ['user-data=/nowhere'], /nowhere/],
  ['user data that cloud-init would not understand', [`user-data=${file('wrong', 'packages: [vim]\n')}`], /its first line says what it is/],
  ['empty user data', [`user-data=${file('empty', '\n')}`], /user-data/],
  ['a network without user data', ['network-config=/nowhere'], /wants 'user-data' beside it/],
])('%s is refused, and no VM is left', async (_name, words, reason) => {
  const before = await lab.xcp('vm-list', '--minimal');
  const { code, stderr, stdout } = await runXcp(['vm-install', 'template=Other install media', 'new-name-label=no', ...words], {
    server: lab.host.server,
  });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(reason);
  expect(await lab.xcp('vm-list', '--minimal')).toBe(before);
  expect(await lab.xcp('vdi-list', '--minimal')).toBe('');
});
