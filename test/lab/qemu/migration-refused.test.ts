// Destinations that refuse: a wrong password, certificate or network, too little memory, a full disk. Everything that is wrong is told,
// the VM is untouched.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listen } from '../../../tools/tour/console.ts';
import { logOf, runXcp } from '../../../tools/hosts/host.ts';
import { labHost, type LabHost } from '../support/hosts.ts';
import {
  eventually,
  installCounting,
  isNothing,
  leftOn,
  migrate,
  migrationWords,
  mustMigrate,
  nothing,
  readCounter,
  stepBegins,
} from '../support/migrations.ts';
import { Pair } from '../support/struck-pair.ts';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;

describe('a destination that refuses', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start();
  });
  afterAll(() => pair.end());

  const expectUntouched = async (): Promise<void> => {
    const [one, two] = pair.hosts;
    expect(await one.xcp('vm-param-get', `uuid=${pair.uuid}`, 'param-name=power-state')).toBe('running');
    expect(await eventually(() => leftOn(two), isNothing, 20_000)).toEqual(nothing);
    expect((await readCounter(one, pair.uuid)).ok).toBe(true);
  };
  const refused = async (...more: readonly string[]): Promise<string> => {
    const [one, two] = pair.hosts;
    const { code, stdout, stderr } = await runXcp(migrationWords(two, pair.uuid, more), { server: one.host.server });
    expect(code).toBe(1);
    return stdout + stderr;
  };

  test('a wrong password', async () => {
    const file = join(pair.hosts[0].host.folder, 'wrong');
    writeFileSync(file, 'not it\n');
    expect(await refused(`remote-password-file=${file}`)).toMatch(/password|authentication/i);
    await expectUntouched();
  });

  test('a certificate that is not the one named', async () => {
    expect(await refused(`remote-fingerprint=${Array(32).fill('00').join(':')}`)).toMatch(/certificate|fingerprint/i);
    await expectUntouched();
  });

  test('a network that is not there', async () => {
    const vif = await pair.hosts[0].xcp('vif-list', `vm-uuid=${pair.uuid}`, '--minimal');
    const [uuid = ''] = vif.split(',');
    if (uuid !== '') expect(await refused(`vif:${uuid}=11111111-2222-3333-4444-555555555555`)).toMatch(/network/i);
    await expectUntouched();
  });

  test('all that is wrong is told at once, by name, with what mends it', async () => {
    const [one, two] = pair.hosts;
    const host = await two.xcp('host-list', '--minimal');
    await two.xcp('host-disable', `uuid=${host}`);
    await one.xcp('vm-param-set', `uuid=${pair.uuid}`, 'blocked-operations:migrate_send=not on a Monday');
    try {
      const said = await refused('--dry-run');
      expect(said).toContain('struck');
      expect(said).toMatch(/xcp host-enable/);
      expect(said).toMatch(/xcp vm-param-remove/);
    } finally {
      await two.xcp('host-enable', `uuid=${host}`);
      await one.xcp('vm-param-remove', `uuid=${pair.uuid}`, 'param-name=blocked-operations', 'param-key=migrate_send');
    }
    await expectUntouched();
  });
});

describe('a destination without memory', () => {
  let one: LabHost;
  let two: LabHost;
  let uuid: string;
  beforeAll(async () => {
    one = await labHost('one');
    two = await labHost('two', { args: ['--memory', '96MiB'] });
    uuid = await installCounting(one, 'large');
    const heard = listen(one.host.server, uuid);
    await heard.next(20, 60_000);
    heard.stop();
  });
  afterAll(async () => {
    for (const host of [one, two]) await host[Symbol.asyncDispose]();
  });

  test.each([['in a rehearsal', ['--dry-run']] as const, ['in earnest', []] as const])(
    'is told by what is needed and what is free, %s, and the VM runs on',
    async (_how, more) => {
      const { code, stdout, stderr } = await migrate(one, two, uuid, more);
      expect({ code, said: stdout + stderr }).toEqual({ code: 1, said: expect.stringMatching(/memory/i) });
      if (more.length > 0) expect(stdout + stderr).toMatch(/VM "large".* needs .*MiB of memory; host "two" has 96.*MiB free/);
      expect(await one.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=power-state')).toBe('running');
      expect(await eventually(() => leftOn(two), isNothing, 20_000)).toEqual(nothing);
      expect((await readCounter(one, uuid)).ok).toBe(true);
    },
  );
});

asRoot('a destination without room', () => {
  let pair: Pair;
  let folder: string;
  let small: string;
  beforeAll(async () => {
    pair = await Pair.start();
    folder = join(pair.hosts[1].host.folder, 'small');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', folder]);
    small = await pair.hosts[1].xcp(
      'sr-create',
      'name-label=small',
      'type=file',
      `device-config:location=${folder}/sr`,
      'content-type=user',
    );
  });
  afterAll(async () => {
    const pbd = await pair.hosts[1].xcp('pbd-list', `sr-uuid=${small}`, '--minimal');
    await pair.hosts[1].xcp('pbd-unplug', `uuid=${pbd}`);
    execFileSync('umount', ['-l', folder]);
    await pair.end();
  });

  const toSmall = async (): Promise<string> => {
    const vdi = await pair.hosts[0].xcp('vbd-list', `vm-uuid=${pair.uuid}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
    return `vdi:${vdi}=${small}`;
  };

  test('is told before anything begins', async () => {
    execFileSync('fallocate', ['-l', '60M', join(folder, 'filler')]);
    const [one, two] = pair.hosts;
    const ran = await migrate(one, two, pair.uuid, [await toSmall()]);
    expect(ran.code).toBe(1);
    expect(ran.stdout + ran.stderr).toMatch(/full|space|room/i);
    execFileSync('rm', [join(folder, 'filler')]);
    expect((await readCounter(one, pair.uuid)).ok).toBe(true);
  });

  test('fills up on the way: the VM stays as it was, and moves when there is room', async () => {
    const [one, two] = pair.hosts;
    const begun = stepBegins(one, 'freeze', logOf(one.host.folder).length);
    const ran = migrate(one, two, pair.uuid, [await toSmall()]);
    await begun;
    // Until not a byte is left; dd then says so by its exit code.
    spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=64k'], { stdio: 'ignore' });
    const { code, stdout, stderr } = await ran;
    expect({ code, said: stdout + stderr }).toEqual({ code: 1, said: expect.stringMatching(/space|full/i) });
    expect(await one.xcp('vm-param-get', `uuid=${pair.uuid}`, 'param-name=power-state')).toBe('running');
    execFileSync('rm', [join(folder, 'filler')]);
    expect(
      await eventually(
        async () => readdirSync(join(folder, 'sr')),
        files => files.length <= 1,
      ),
    ).toEqual(['sr.json']);
    await mustMigrate(one, two, pair.uuid, [await toSmall()]);
    await mustMigrate(two, one, pair.uuid);
    expect((await readCounter(one, pair.uuid)).ok).toBe(true);
  }, 120_000);
});
