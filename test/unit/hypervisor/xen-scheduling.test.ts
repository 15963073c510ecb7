// A guest's share of the CPUs in the words of xl: in its configuration, and live.

import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { GuestScheduling, GuestSpec } from '../../../src/drivers/hypervisor.ts';
import { xlConfig } from '../../../src/drivers/hypervisor/xen/config.ts';
import { createXenDriver } from '../../../src/drivers/hypervisor/xen/driver.ts';
import { xenPaths } from '../../../src/drivers/hypervisor/xen/paths.ts';
import { cpuList } from '../../../src/drivers/hypervisor/xen/scheduling.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { FakeXen } from '../../support/fake-xen.ts';

const MIB = 1 << 20;
const spec = (scheduling?: GuestScheduling): GuestSpec => ({
  id: randomUUID(),
  name: 'guest',
  vcpusAtStartup: 1,
  vcpusMax: 3,
  memoryStaticMaxBytes: 128 * MIB,
  memoryTargetBytes: 128 * MIB,
  boot: { kind: 'kernel', kernelPath: '/kernel', args: '' },
  platform: {},
  disks: [],
  nics: [],
  ...(scheduling && { scheduling }),
});

const linesOf = (scheduling?: GuestScheduling): readonly string[] => {
  const made = spec(scheduling);
  return xlConfig(made, xenPaths('/state', made.id))
    .split('\n')
    .filter(line => /^(cpus|cpu_weight|cap) /.test(line));
};

describe('in the configuration', () => {
  test.each<readonly [GuestScheduling | undefined, readonly string[]]>([
    [undefined, []],
    [{}, []],
    [{ weight: 512 }, ['cpu_weight = 512']],
    [{ weight: 512, capPercent: 80 }, ['cpu_weight = 512', 'cap = 80']],
    [{ capPercent: 5_000 }, ['cap = 300']],
    [{ cpus: [[2, 3, 4, 7]] }, ['cpus = "2-4,7"']],
    [{ cpus: [[1], [2, 3]] }, ['cpus = [ "1", "2-3", "1" ]']],
  ])('%j', (scheduling, lines) => {
    expect(linesOf(scheduling)).toEqual(lines);
  });

  test.each<readonly [string, GuestScheduling]>([
    ['no weight at all', { weight: 0 }],
    ['more weight than there is', { weight: 65_536 }],
    ['a cap below nothing', { capPercent: -1 }],
    ['no CPU to run on', { cpus: [[]] }],
  ])('%s is refused', (_what, scheduling) => {
    expect(() => linesOf(scheduling)).toThrow(expect.objectContaining({ kind: 'bad-config' }));
  });

  test('a list of CPUs names each of them once, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(64)), cpus => {
        const read = cpuList(cpus)
          .split(',')
          .filter(part => part !== '')
          .flatMap(part => {
            const [from = '', to = from] = part.split('-');
            return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i);
          });
        expect(read).toEqual([...new Set(cpus)].sort((a, b) => a - b));
      }),
    );
  });
});

describe('live', () => {
  const started = async (scheduling?: GuestScheduling) => {
    const xen = new FakeXen();
    const driver = createXenDriver({ stateDir: '/state', dom0: xen, log: silentLogger });
    const made = spec(scheduling);
    await driver.start(made, { paused: false, signal: AbortSignal.timeout(5_000) });
    xen.calls.splice(0);
    const give = async (wanted: GuestScheduling): Promise<readonly string[]> => {
      await driver.setScheduling?.(made.id, wanted);
      return xen.calls.splice(0).filter(call => !call.startsWith('list'));
    };
    return { xen, driver, give, id: made.id };
  };

  test('one call where all vCPUs go the same way, and none for a share that is as usual', async () => {
    const { driver, give } = await started();
    expect(await give({ cpus: [[2, 3]] })).toEqual(['vcpu-pin 1 all 2-3']);
    expect(await give({ cpus: [[2], [3]] })).toEqual(['vcpu-pin 1 0 2', 'vcpu-pin 1 1 3', 'vcpu-pin 1 2 2']);
    expect(await give({})).toEqual(['vcpu-pin 1 all all']);
    await driver.close();
  });

  test('a share comes, and what is not named becomes usual again', async () => {
    const { xen, driver, give } = await started();
    const args: string[][] = [];
    const run = xen.run.bind(xen);
    xen.run = (program, words) => {
      if (words[0] === 'sched-credit2') args.push([...words]);
      return run(program, words);
    };
    await give({ weight: 512, capPercent: 80 });
    await give({ capPercent: 50 });
    await give({});
    expect(args.map(words => words.join(' '))).toEqual([
      'sched-credit2 -d 1 -w 512 -c 80',
      'sched-credit2 -d 1 -w 256 -c 50',
      'sched-credit2 -d 1 -w 256 -c 0',
    ]);
    await driver.close();
  });

  test('it outlives a reboot of the guest', async () => {
    const { xen, driver, give, id } = await started();
    await give({ weight: 300, cpus: [[1]] });
    xen.guestStops(id, 1);
    const rebooted = Promise.withResolvers<void>();
    driver.onEvent(event => event.kind === 'rebooted' && rebooted.resolve());
    await rebooted.promise;
    const config = xen.files.get(`/state/guests/${id}/xl.cfg`);
    expect(config).toContain('cpus = "1"');
    expect(config).toContain('cpu_weight = 300');
    await driver.close();
  });

  test('a scheduler without shares says so, and pins all the same', async () => {
    const { xen, driver, give } = await started();
    xen.zero.scheduler = 'null';
    await expect(give({ weight: 2 })).rejects.toMatchObject({ kind: 'unsupported', message: expect.stringContaining('null') });
    expect(await give({ cpus: [[0]] })).toContain('vcpu-pin 1 all 0');
    await driver.close();
  });
});
