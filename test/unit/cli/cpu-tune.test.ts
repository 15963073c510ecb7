// `host-cpu-tune`: its words, what it asks of the host, and what it says.

import { describe, expect, test } from '@jest/globals';
import { XenError } from '../../../src/model/error.ts';
import { HOST, runWithPlugin } from '../../support/plugin-run.ts';

const state = {
  cpus: 8,
  vcpus: 2,
  vcpus_max: 8,
  pinned: true,
  exclusive: true,
  guest_mask: '2,3',
  next_boot: { vcpus: 2, pinned: true },
  notes: [],
};

const run = (line: string, answer: object = state, programName = 'xcp') => runWithPlugin(line, answer, programName);

describe('what it asks', () => {
  test.each<readonly [string, string, object]>([
    ['show', 'show', {}],
    ['advise', 'advise', {}],
    ['reset', 'reset', {}],
    ['reset --dry-run', 'reset', { dry_run: 'true' }],
    ['set 2 nopin', 'set', { vcpus: '2', pinning: 'nopin' }],
    ['set 2 xpin --force', 'set', { vcpus: '2', pinning: 'xpin', force: 'true' }],
    ['set 2 xpin --dry-run host=one', 'set', { vcpus: '2', pinning: 'xpin', dry_run: 'true' }],
    [`host=${HOST} set 2 xpin`, 'set', { vcpus: '2', pinning: 'xpin' }],
  ])('%s', async (words, fn, args) => {
    const { asked, code, stderr } = await run(`host-cpu-tune ${words}`);
    expect([code, stderr, asked]).toEqual([0, '', [['OpaqueRef:h', 'host-cpu-tune', fn, args]]]);
  });

  test.each([
    ['', 'Give show, advise, reset, or set'],
    ['tune', "'tune' is none of its words"],
    ['show 2', "show takes no '2'"],
    ['set', 'set needs the number of vCPUs'],
    ['set 2', 'set needs the number of vCPUs'],
    ['set two xpin', "'two' is no number of vCPUs"],
    ['set 2 both', "'both' is no way to pin: give nopin or xpin"],
    ['set 2 xpin now', "set takes no 'now'"],
  ])('"%s" is wrong use, and asks nobody', async (words, sentence) => {
    const { asked, code, stderr } = await run(`host-cpu-tune ${words}`.trim());
    expect([code, asked]).toEqual([1, []]);
    expect(stderr).toContain(sentence);
  });

  test('a host that is not there', async () => {
    const { asked, stderr, code } = await run('host-cpu-tune show host=two');
    expect([asked, stderr, code]).toEqual([[], 'Error: Host two not found\n', 1]);
  });

  test('called xe it is not there', async () => {
    expect((await run('host-cpu-tune show', state, 'xe')).code).toBe(1);
  });
});

describe('what it says', () => {
  const said = async (words: string, answer: object): Promise<string> => (await run(`host-cpu-tune ${words}`, answer)).stdout;

  test.each([
    [{}, "dom0's vCPU count: 2, exclusively pinned\nGuests run on CPUs 2-3 alone\n"],
    [{ guest_mask: '1' }, "dom0's vCPU count: 2, exclusively pinned\nGuests run on CPU 1 alone\n"],
    [{ guest_mask: '1,4,5,6,9' }, "dom0's vCPU count: 2, exclusively pinned\nGuests run on CPUs 1,4-6,9 alone\n"],
    [{ pinned: false, exclusive: false, guest_mask: null, next_boot: null }, "dom0's vCPU count: 2, not pinned\n"],
    [{ exclusive: false, guest_mask: null }, "dom0's vCPU count: 2, pinned\n"],
    [
      { pinned: false, exclusive: false, guest_mask: null, next_boot: { vcpus: 4, pinned: false } },
      "dom0's vCPU count: 2, not pinned\nFrom the next boot on: 4, not pinned\n",
    ],
    [{ guest_mask: null, exclusive: false, notes: ['mind the gap'] }, "dom0's vCPU count: 2, pinned\nNote: mind the gap\n"],
  ])('%j', async (changes, text) => {
    expect(await said('show', { ...state, ...changes })).toBe(text);
  });

  test('the advice is a line to type', async () => {
    const advice = { cpus: 64, vcpus: 8, pinning: 'xpin' };
    expect(await said('advise', advice)).toContain('\n    xcp host-cpu-tune set 8 xpin\n');
    expect(await said('advise --minimal', advice)).toBe('8,xpin\n');
    expect(JSON.parse(await said('advise -o json', advice))).toEqual(advice);
  });

  test('as data', async () => {
    expect(JSON.parse(await said('show -o json', state))).toEqual({
      vcpus: 2,
      'vcpus-max': 8,
      cpus: 8,
      pinned: true,
      exclusive: true,
      'guest-cpus': '2,3',
      'next-boot': { vcpus: 2, pinned: true },
      notes: [],
    });
    expect(await said('show --minimal', state)).toBe('2,xpin\n');
  });

  test('a dry run names whom it would touch', async () => {
    const plan = { vcpus: 2, pinning: 'xpin', guest_mask: '2,3', disturbs: ['web is running'] };
    expect(await said('set 2 xpin --dry-run --force', plan)).toBe(
      'dom0 would have 2 vCPUs, exclusively pinned; nothing was changed\nGuests would run on CPUs 2-3 alone\n! web is running\n',
    );
    expect(JSON.parse(await said('set 2 xpin --dry-run -o json', plan))).toEqual({
      vcpus: 2,
      pinning: 'xpin',
      'guest-cpus': '2,3',
      disturbs: ['web is running'],
    });
  });

  test('another server has no such plugin: what to do there', async () => {
    const { stderr, code } = await run('host-cpu-tune show', new XenError('XENAPI_MISSING_PLUGIN', ['host-cpu-tune']));
    expect(code).toBe(1);
    expect(stderr).toContain('run host-cpu-tune in the control domain itself');
  });

  test('a refusal is told with its reason', async () => {
    const { stderr, code } = await run('host-cpu-tune set 2 xpin', new XenError('OPERATION_NOT_ALLOWED', ['web is running. Give --force']));
    expect(code).toBe(1);
    expect(stderr).toContain('web is running. Give --force');
  });
});
