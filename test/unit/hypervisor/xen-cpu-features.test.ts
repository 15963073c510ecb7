// Which features guests of a Xen host have: what xen-cpuid tells, and what a guest's configuration takes away.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestSpec } from '../../../src/drivers/hypervisor.ts';
import { cpuidMasks, createFeatureReader, masksOf, parseCpuidReport } from '../../../src/drivers/hypervisor/xen/cpu-features.ts';
import { createXenDriver } from '../../../src/drivers/hypervisor/xen/driver.ts';
import { parseFeatureset } from '../../../src/lib/featureset.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { ToolError } from '../../../src/drivers/tool.ts';
import { FakeXen } from '../../support/fake-xen.ts';

/** Of Xen 4.17.5 on an emulated processor. */
const report = await readFile(join(import.meta.dirname, '../../fixtures/xen-cpuid.txt'), 'utf8');
const rest = '-00000000'.repeat(13);
const pvAtBoot = `0fc9c3f5-f6d83203-e0500800-00000061-00000005-01880329-00000200-00000000-00000000-00000000-00000000-00000004${'-00000000'.repeat(7)}`;
const set = (text: string): readonly number[] => parseFeatureset(text) ?? [];

describe('xen-cpuid', () => {
  test('tells what this machine gives, not what any may', () => {
    const features = parseCpuidReport(report);
    expect(features?.pv.atBoot).toBe(pvAtBoot);
    expect(features?.pv.atMost).toMatch(/^1fc9c3f5-f6f83203-e0500800-00000063-/);
    expect(features?.hvm.atBoot).toMatch(/^0fcbfbfd-f6f83203-e4500800-00000071-00000005-018803a9-0000020c-00000000-00100000-/);
    expect(features?.hvm.atMost).toMatch(/^1fcbfbfd-f6f83203-e4500800-00000077-00000005-018843a9-/);
  });

  test('a host without HVM has none of it', () => {
    const without = report.replaceAll(/^HVM (Default|Max) .*$/gm, 'HVM $1 featureset not supported by Xen');
    expect(parseCpuidReport(without)?.hvm).toEqual({ atBoot: '', atMost: '' });
    expect(parseCpuidReport(without)?.pv.atBoot).toBe(pvAtBoot);
  });

  test.each([
    '',
    'rubbish\n'.repeat(100_000),
    report.split('Dynamic sets:')[0] ?? '',
    `${report.split('Dynamic sets:')[0]}Dynamic sets:\nPV Max   xyz\n`,
  ])('anything else tells nothing', text => expect(parseCpuidReport(text)).toBeUndefined());

  test('is asked once; a failure is told, and asked again', async () => {
    const xen = new FakeXen();
    const read = createFeatureReader(xen);
    xen.onProgram = () => {
      throw new ToolError('xen-cpuid', 127, 'the program xen-cpuid is not installed');
    };
    await expect(read()).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('is not installed') });
    xen.onProgram = () => undefined;
    await expect(read()).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('did not tell') });
    xen.cpuid = report;
    expect((await read()).pv.atBoot).toBe(pvAtBoot);
    const asked = xen.programs.length;
    expect((await read()).pv.atBoot).toBe(pvAtBoot);
    expect(xen.programs).toHaveLength(asked);
  });
});

describe('a guest that may have less', () => {
  const given = set(pvAtBoot);

  test('is refused just that, register by register', () => {
    const most = [...given];
    most[1] = (given[1] ?? 0) & ~0x10000000;
    most[5] = (given[5] ?? 0) & ~0x20;
    most[11] = 0;
    expect(cpuidMasks(given, most)).toEqual([
      '1:ecx=xxx0xxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      '7,0:ebx=xxxxxxxxxxxxxxxxxxxxxxxxxx0xxxxx',
      '0x80000021:eax=xxxxxxxxxxxxxxxxxxxxxxxxxxxxx0xx',
    ]);
  });

  test('is refused nothing where it may have all, or more than there is', () => {
    expect(cpuidMasks(given, given)).toEqual([]);
    expect(cpuidMasks(given, Array<number>(24).fill(0xffffffff))).toEqual([]);
  });

  test('a set of an older Xen, with fewer words: what it did not know is refused', () => {
    expect(cpuidMasks(given, given.slice(0, 11))).toEqual(['0x80000021:eax=xxxxxxxxxxxxxxxxxxxxxxxxxxxxx0xx']);
  });

  test('of an MSR it is refused the whole, as it has no parts for guests', () => {
    const caps = [...Array<number>(9).fill(0), 0x2c000000, ...Array<number>(6).fill(0), 0x3];
    expect(cpuidMasks(caps, [...caps.slice(0, 16), 0x1])).toEqual(['7,0:edx=xx0xxxxxxxxxxxxxxxxxxxxxxxxxxxxx']);
    expect(cpuidMasks(caps, caps)).toEqual([]);
  });

  test('what its specification says is held against its kind; nonsense is refused', async () => {
    const read = () => Promise.resolve(parseCpuidReport(report) ?? Promise.reject(new Error('no features')));
    const boot: GuestSpec['boot'] = { kind: 'kernel', kernelPath: '/kernel', args: '' };
    expect(await masksOf({ boot }, read)).toEqual([]);
    expect(await masksOf({ boot, domainType: 'pv', cpuFeatures: pvAtBoot }, read)).toEqual([]);
    // Of a PVH guest: smep among others is what a PV guest never has.
    expect(await masksOf({ boot, cpuFeatures: pvAtBoot }, read)).toContain('7,0:ebx=xxxxxxxxxxxxxxxxxxxxxxxx0xxxxxxx');
    await expect(masksOf({ boot, cpuFeatures: 'all of them' }, read)).rejects.toMatchObject({ kind: 'bad-config' });
    await expect(masksOf({ boot, cpuFeatures: `00000000-00000000${rest}` }, read)).rejects.toMatchObject({ kind: 'bad-config' });
  });
});

describe('the driver', () => {
  let xen: FakeXen;
  beforeEach(() => {
    xen = new FakeXen();
  });
  const spec = (fields: Partial<GuestSpec>): GuestSpec => ({
    id: '6f3c2a10-0b51-4d7e-9a43-2f1f0c7d9e01',
    name: 'guest',
    vcpusAtStartup: 1,
    vcpusMax: 1,
    memoryStaticMaxBytes: 128 << 20,
    memoryTargetBytes: 128 << 20,
    boot: { kind: 'kernel', kernelPath: '/kernel', args: '' },
    domainType: 'pv',
    platform: {},
    disks: [],
    nics: [],
    ...fields,
  });
  const withoutAvx2 = pvAtBoot.replace('01880329', '01880309');
  const config = (): string => xen.files.get('/state/guests/6f3c2a10-0b51-4d7e-9a43-2f1f0c7d9e01/xl.cfg') ?? '';

  test('tells what guests have, or nothing of it, and boots a guest with less, also when it reboots', async () => {
    const driver = createXenDriver({ stateDir: '/state', dom0: xen, log: silentLogger });
    expect((await driver.probe()).cpu.guestFeatures).toBeUndefined();
    await expect(
      driver.start(spec({ cpuFeatures: withoutAvx2 }), { paused: false, signal: AbortSignal.timeout(10_000) }),
    ).rejects.toMatchObject({ kind: 'failed' });
    expect(xen.domains.size).toBe(0);
    xen.cpuid = report;
    expect((await driver.probe()).cpu.guestFeatures?.pv.atBoot).toBe(pvAtBoot);
    await driver.start(spec({ cpuFeatures: withoutAvx2 }), { paused: false, signal: AbortSignal.timeout(10_000) });
    const line = 'cpuid = [ "7,0:ebx=xxxxxxxxxxxxxxxxxxxxxxxxxx0xxxxx" ]\n';
    expect(config()).toContain(line);
    await driver.reset(spec({}).id);
    expect(config()).toContain(line);
    await driver.destroy(spec({}).id);
    await driver.start(spec({}), { paused: false, signal: AbortSignal.timeout(10_000) });
    expect(config()).not.toContain('cpuid');
    await driver.close();
  });
});
