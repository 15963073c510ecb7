// Migrations on real QEMU that meet `kill -9` of either hostd at every step, a link that goes silent, a full disk and destinations
// that refuse. Each time: the VM runs on exactly one host, its disk is whole, nothing of it is on the other, a second try succeeds.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listen } from '../../../tools/tour/console.ts';
import { logOf, runXcp } from '../../../tools/hosts/host.ts';
import { labHost, type LabHost } from '../support/hosts.ts';
import { type Link, makeLink } from '../support/link.ts';
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

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;

/** Where the source can be struck, in order; each before the step does anything and after it has done all. */
const sourceSteps = [
  'reserve',
  'freeze',
  'copy-0',
  'receive',
  'mirror',
  'memory',
  'handOver',
  'verify',
  'commit',
  'leave-guest',
  'leave-disks',
  'leave-records',
  'close',
];
const destinationSteps = ['open', 'volume', 'seal', 'receive', 'show', 'commit'];
const phases = ['before-do', 'after-do'];

class Pair {
  readonly hosts: readonly [LabHost, LabHost];
  uuid = '';
  constructor(hosts: readonly [LabHost, LabHost]) {
    this.hosts = hosts;
  }
  static async start(link?: Link): Promise<Pair> {
    const options = (side: 0 | 1) => (link ? { address: link.sides[side].address, wrap: link.sides[side].wrap } : {});
    const pair = new Pair([await labHost('one', options(0)), await labHost('two', options(1))]);
    pair.uuid = await installCounting(pair.hosts[0], 'struck');
    const heard = listen(pair.hosts[0].host.server, pair.uuid);
    await heard.next(20, 60_000);
    heard.stop();
    return pair;
  }
  /** The host that has the VM, and the other one. */
  async sides(): Promise<readonly [LabHost, LabHost]> {
    const homes: LabHost[] = [];
    for (const host of this.hosts) if ((await host.xcp('vm-list', `uuid=${this.uuid}`, '--minimal')) !== '') homes.push(host);
    const [one, two] = this.hosts;
    expect(homes).toHaveLength(1);
    return homes[0] === one ? [one, two] : [two, one];
  }
  /** After whatever happened: settled, once, whole, and able to move. */
  async expectOnceAndWhole(): Promise<void> {
    await eventually(
      async () =>
        (await Promise.all(this.hosts.map(host => host.xcp('vm-list', `uuid=${this.uuid}`, '--minimal')))).filter(found => found !== '')
          .length,
      count => count === 1,
    );
    const [home, other] = await this.sides();
    expect(await eventually(() => leftOn(other), isNothing, 90_000)).toEqual(nothing);
    expect(
      await eventually(
        () => home.xcp('vm-param-get', `uuid=${this.uuid}`, 'param-name=current-operations'),
        now => now === '',
      ),
    ).toBe('');
    expect(await home.xcp('vm-param-get', `uuid=${this.uuid}`, 'param-name=power-state')).toBe('running');
    const before = await readCounter(home, this.uuid);
    expect({ missing: before.missing, duplicate: before.duplicate, torn: before.torn }).toEqual({ missing: [], duplicate: [], torn: [] });
    const heard = listen(home.host.server, this.uuid);
    await heard.next(before.last + 5, 60_000);
    heard.stop();
    await mustMigrate(home, other, this.uuid, [`remote-master=${other.host.server}`]);
    expect((await readCounter(other, this.uuid)).ok).toBe(true);
    expect(await eventually(() => leftOn(home), isNothing, 30_000)).toEqual(nothing);
  }
  async end(): Promise<void> {
    for (const host of this.hosts) await host[Symbol.asyncDispose]();
  }
}

describe('kill -9', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start();
  });
  afterAll(() => pair.end());

  const strike = async (victim: 'source' | 'destination', place: string): Promise<void> => {
    const [from, to] = await pair.sides();
    const struck = victim === 'source' ? from : to;
    await struck.restart('SIGTERM', { XCP_CRASH_AT: place });
    const before = struck.host.pid;
    // The comparison is a step of its own, only taken where it is asked for.
    const ran = migrate(from, to, pair.uuid, /:(verify|show):/.test(place) ? ['verify=true'] : []);
    await eventually(
      async () => isDead(before),
      dead => dead,
      60_000,
    );
    expect(isDead(before)).toBe(true);
    await struck.restart('SIGKILL');
    await ran;
    await pair.expectOnceAndWhole();
  };

  test.each(sourceSteps.flatMap(step => phases.map(phase => `VM.migrate_send:${step}:${phase}`)))(
    'of the source at %s',
    place => strike('source', place),
    240_000,
  );

  test.each(destinationSteps.flatMap(step => phases.map(phase => `reception:${step}:${phase}`)))(
    'of the destination at %s',
    place => strike('destination', place),
    240_000,
  );
});

const isDead = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

asRoot('a link that goes silent', () => {
  let link: Link;
  let pair: Pair;
  beforeAll(async () => {
    link = makeLink();
    pair = await Pair.start(link);
  });
  afterAll(async () => {
    await pair.end();
    link.remove();
  });

  test.each(sourceSteps)(
    'when %s begins',
    async step => {
      const [from, to] = await pair.sides();
      const begun = stepBegins(from, step, logOf(from.host.folder).length);
      // The client is on neither side of the link: it talks to both by their sockets.
      const ran = migrate(from, to, pair.uuid, [`remote-master=${to.host.server}`, ...(step === 'verify' ? ['verify=true'] : [])]);
      await Promise.race([
        begun,
        ran.then(({ stdout, stderr }) => Promise.reject(new Error(`it ended before ${step}: ${stdout}${stderr}`))),
      ]);
      link.cut();
      // Long enough for everyone to notice and to give up.
      await Promise.race([ran, new Promise(resolve => setTimeout(resolve, 45_000))]);
      link.mend();
      await ran;
      await pair.expectOnceAndWhole();
    },
    300_000,
  );
});

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
