// The templates of a new pool: the families that users expect, with settings that were recorded where those systems are known to run.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { nullRef } from '../../../src/lib/brand.ts';
import { parseDisks } from '../../../src/ops/template/disks.ts';
import { templateRecord } from '../../../src/ops/template/record.ts';
import { templateRows } from '../../../src/ops/template/rows.ts';
import { poolFile } from '../../golden/recordings.ts';

interface Recorded {
  readonly name_label: string;
  readonly reference_label: string;
  readonly is_default_template: boolean;
  readonly memory_static_max: number | string;
  readonly memory_static_min: number | string;
  readonly VCPUs_max: number | string;
  readonly HVM_boot_policy: string;
  readonly HVM_boot_params: Readonly<Record<string, string>>;
  readonly platform: Readonly<Record<string, string>>;
  readonly other_config: Readonly<Record<string, string>>;
  readonly recommendations: string;
}

const pool = JSON.parse(gunzipSync(readFileSync(poolFile('A'))).toString()) as { readonly VM: Readonly<Record<string, Recorded>> };
const recorded = Object.values(pool.VM).filter(vm => vm.is_default_template);
const made = new Map(templateRows.map(row => [row.name, templateRecord(row, nullRef())]));

const restriction = (text: string, name: string): string | undefined => new RegExp(`"${name}" (?:max|min|value)="([^"]*)"`).exec(text)?.[1];

describe('each template that users of a current server know', () => {
  test('there are as many as were recorded', () => expect(recorded).toHaveLength(56));

  test.each(recorded.map(vm => [vm.name_label, vm] as const))('%s', (name, vm) => {
    const mine = made.get(name);
    expect(mine).toMatchObject({
      reference_label: vm.reference_label,
      memory_static_max: Number(vm.memory_static_max),
      memory_static_min: Number(vm.memory_static_min),
      VCPUs_max: Number(vm.VCPUs_max),
    });
    expect(mine?.other_config?.['install-methods']).toBe(vm.other_config['install-methods']);
    expect(mine?.other_config?.['linux_template']).toBe(vm.other_config['linux_template']);
    expect(parseDisks(mine?.other_config?.['disks'] ?? '')).toEqual(parseDisks(vm.other_config['disks'] ?? ''));
    for (const limit of ['memory-static-max', 'vcpus-max', 'vcpus-min', 'number-of-vbds', 'number-of-vifs'])
      expect([limit, restriction(mine?.recommendations ?? '', limit)]).toEqual([limit, restriction(vm.recommendations, limit)]);
    // What ran without firmware there boots from its own medium here.
    const boots = vm.HVM_boot_policy === '' ? { firmware: 'bios', order: 'cdn' } : vm.HVM_boot_params;
    expect(mine).toMatchObject({ HVM_boot_policy: 'BIOS order', HVM_boot_params: boots, domain_type: 'hvm' });
    const topology = 'cores-per-socket';
    expect(mine?.platform?.[topology]).toBe(vm.platform[topology]);
  });
});

test.each([
  ['Debian', /^Debian .* (6\.0|13)\b/, 2],
  ['Ubuntu', /^Ubuntu .* (10\.04|24\.04)\b/, 2],
  ['Fedora', /^Fedora \d+/, 4],
  ['CentOS, Red Hat and Oracle Linux 5 and 6, of 32 and 64 bits', /^(CentOS|Red Hat Enterprise Linux|Oracle Enterprise Linux) [56] \(/, 12],
  ['CentOS, Red Hat and Oracle Linux 7 and later', /^(CentOS|CentOS Stream|Red Hat Enterprise Linux|Oracle Linux) ([789]|10)$/, 13],
  ['Windows', /^Windows (7|8\.1|10|11)\b/, 7],
  ['Windows Server', /^Windows Server /, 9],
])('%s: older and current releases', (_family, pattern, count) => {
  expect(templateRows.filter(row => pattern.test(row.name)).map(row => row.name)).toHaveLength(count);
});

describe('every template', () => {
  test('has a name and a label of its own', () => {
    expect(new Set(templateRows.map(row => row.name)).size).toBe(templateRows.length);
    expect(new Set(templateRows.map(row => row.referenceLabel)).size).toBe(templateRows.length);
  });

  test.each(templateRows.map(row => [row.name, row] as const))('%s is within its own limits', (_name, row) => {
    expect(row.memoryMinBytes).toBeLessThanOrEqual(row.memoryBytes);
    expect(row.memoryBytes).toBeLessThanOrEqual(row.limits.memoryMaxBytes);
    expect(row.vcpus).toBeGreaterThanOrEqual(row.limits.vcpusMin ?? 1);
    expect(row.vcpus).toBeLessThanOrEqual(row.limits.vcpusMax);
    expect(row.vcpus % Number(row.platform['cores-per-socket'] ?? 1)).toBe(0);
    if (row.firmware !== undefined && row.limits.boots !== undefined) expect(row.limits.boots[row.firmware.kind]).toBe(true);
    // A 32-bit system sees no more than 64 GiB, and has no firmware of 64 bits.
    if (row.name.includes('32-bit')) {
      expect(row.limits.memoryMaxBytes).toBeLessThanOrEqual(64 * 2 ** 30);
      expect(row.firmware?.kind).toBe('bios');
    }
  });

  test('systems without paravirtual drivers get none', () => {
    const emulated = templateRows.filter(row => row.platform['disk-bus'] === 'sata').map(row => row.name);
    expect(emulated).toEqual(templateRows.map(row => row.name).filter(name => /^Windows| 5 \(/.test(name)));
  });
});
