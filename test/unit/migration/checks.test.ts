// The pre-flight: each blocker from the world that has it, all at once, in words without references.

import { describe, expect, test } from '@jest/globals';
import type { Blocker } from '../../../src/ops/migration/checks/blocker.ts';
import { factsQuery, migrationBlockers } from '../../../src/ops/migration/checks.ts';
import { collectFacts, type MigrationFacts } from '../../../src/ops/migration/facts.ts';
import type { MigrationArgs } from '../../../src/ops/migration/options.ts';
import { collectView, type DiskView, type MigrationView } from '../../../src/ops/migration/view.ts';
import { makeVm, twoHosts, type VmShape } from './world/scenario.ts';

interface Case {
  view: MigrationView;
  facts: MigrationFacts;
  args: MigrationArgs;
}

/** A migration with nothing against it. */
async function fine(shape: VmShape = { state: 'Running', snapshots: true }): Promise<Case> {
  const { a, b } = await twoHosts();
  const view = await collectView(a.life.services, await makeVm(a, shape));
  const facts = await collectFacts(b.life.services, factsQuery(view));
  const args: MigrationArgs = {
    live: true,
    vdiMap: Object.fromEntries(view.vm.vbds.filter(vbd => vbd.record.type === 'Disk').map(vbd => [vbd.record.VDI, b.sr])),
    vifMap: Object.fromEntries(view.vm.vifs.map(vif => [vif.ref, b.network])),
    options: { copy: false, compress: false, force: false, verify: false },
    admitted: false,
  };
  return { view, facts, args };
}

const blockersOf = ({ view, facts, args }: Case): readonly Blocker[] => migrationBlockers(view, facts, args);
const withVm = (given: Case, fields: Partial<MigrationView['vm']['record']>): Case => ({
  ...given,
  view: { ...given.view, vm: { ...given.view.vm, record: { ...given.view.vm.record, ...fields } } },
});
const withHost = (given: Case, fields: Partial<MigrationFacts['host']>): Case => ({
  ...given,
  facts: { ...given.facts, host: { ...given.facts.host, ...fields } },
});
const withSrs = (given: Case, fields: Partial<MigrationFacts['srs'][number]>): Case => ({
  ...given,
  facts: { ...given.facts, srs: given.facts.srs.map(sr => ({ ...sr, ...fields })) },
});
const withDisks = (given: Case, fields: Partial<DiskView['record']>): Case => ({
  ...given,
  view: {
    ...given.view,
    disks: new Map([...given.view.disks].map(([ref, disk]) => [ref, { ...disk, record: { ...disk.record, ...fields } }])),
  },
});

/** The guest booted with sse2, avx and avx2. */
const booted = '06000000-10000000-00000000-00000000-00000000-00000020';
const withoutAvx2 = '06000000-10000000';
const level = (atMost: string) => ({ atBoot: withoutAvx2, atMost });
const levelled = (
  given: Case,
  there: string,
  flags: Readonly<Record<string, string>> = { vendor: 'GenuineIntel', features: booted },
): Case => {
  const { host } = given.view;
  const cpu = { ...host.hypervisor.cpu, vendor: 'GenuineIntel', guestFeatures: { pv: level(booted), hvm: level(booted) } };
  const told = withHost(withVm(given, { last_boot_CPU_flags: flags }), {
    cpuVendor: 'GenuineIntel',
    featuresPv: booted,
    featuresHvm: there,
  });
  return { ...told, view: { ...told.view, host: { ...host, hypervisor: { ...host.hypervisor, cpu } } } };
};

const cases: readonly (readonly [name: string, code: string, change: (given: Case) => Case])[] = [
  ['a VM that is blocked', 'OPERATION_BLOCKED', given => withVm(given, { blocked_operations: { migrate_send: 'no' } })],
  ['a VM that is busy', 'OTHER_OPERATION_IN_PROGRESS', given => withVm(given, { current_operations: { 'OpaqueRef:t': 'snapshot' } })],
  ['a control domain', 'OPERATION_NOT_ALLOWED', given => withVm(given, { is_control_domain: true })],
  ['a running VM, not asked to move live', 'VM_BAD_POWER_STATE', given => ({ ...given, args: { ...given.args, live: false } })],
  [
    'a copy of a running VM',
    'VM_BAD_POWER_STATE',
    given => ({ ...given, args: { ...given.args, options: { ...given.args.options, copy: true } } }),
  ],
  ['a device passed through', 'VM_HAS_PCI_ATTACHED', given => withVm(given, { other_config: { pci: '0/0000:00:1f.0' } })],
  ['disks that are in no map', 'VDI_NOT_IN_MAP', given => ({ ...given, args: { ...given.args, vdiMap: {} } })],
  ['NICs that are in no map', 'VIF_NOT_IN_MAP', given => ({ ...given, args: { ...given.args, vifMap: {} } })],
  ['an SR that is not there', 'HANDLE_INVALID', given => ({ ...given, facts: { ...given.facts, srs: [] } })],
  ['a network that is not there', 'HANDLE_INVALID', given => ({ ...given, facts: { ...given.facts, networks: [] } })],
  ['an SR that is not attached there', 'VM_REQUIRES_SR', given => withSrs(given, { attached: false })],
  ['an SR that takes no disks', 'SR_DOES_NOT_SUPPORT_MIGRATION', given => withSrs(given, { takesVolumes: false, type: 'iso' })],
  ['an SR that is full', 'SR_FULL', given => withSrs(given, { freeBytes: 1000 })],
  ['tracked changes', 'VDI_CBT_ENABLED', given => withDisks(given, { cbt_enabled: true })],
  ['a shared disk', 'VDI_IS_SHARABLE', given => withDisks(given, { sharable: true })],
  ['a disk that forgets', 'VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION', given => withDisks(given, { on_boot: 'reset' })],
  ['data that is gone', 'VDI_MISSING', given => withDisks(given, { missing: true })],
  ['a host in maintenance', 'HOST_DISABLED', given => withHost(given, { enabled: false })],
  ['too little memory', 'HOST_NOT_ENOUGH_FREE_MEMORY', given => withHost(given, { memoryFreeBytes: 1 })],
  ['too few processors', 'HOST_NOT_ENOUGH_PCPUS', given => withHost(given, { cpuCount: 1 })],
  ['another hypervisor', 'VM_INCOMPATIBLE_WITH_THIS_HOST', given => withHost(given, { hypervisor: 'xen' })],
  ['another acceleration', 'VM_INCOMPATIBLE_WITH_THIS_HOST', given => withHost(given, { accelerator: 'kvm' })],
  ['missing processor features', 'VM_INCOMPATIBLE_WITH_THIS_HOST', given => withHost(given, { cpuFlags: ['a'] })],
  ['features that it booted with and are not there', 'VM_INCOMPATIBLE_WITH_THIS_HOST', given => levelled(given, withoutAvx2)],
  [
    'another maker of processors',
    'VM_INCOMPATIBLE_WITH_THIS_HOST',
    given => levelled(given, booted, { vendor: 'AuthenticAMD', features: booted }),
  ],
  ['an older hypervisor', 'VM_INCOMPATIBLE_WITH_THIS_HOST', given => withHost(given, { hypervisorVersion: '0.9' })],
  ['the same host', 'OPERATION_NOT_ALLOWED', given => withHost(given, { uuid: given.view.host.uuid })],
  ['another protocol', 'VM_HOST_INCOMPATIBLE_VERSION_MIGRATE', given => ({ ...given, facts: { ...given.facts, protocol: 99 } })],
  [
    'the same VM there',
    'DUPLICATE_VM',
    given => ({ ...given, facts: { ...given.facts, vmsWithSameUuid: [{ ref: 'OpaqueRef:x', uuid: 'vm-uuid', name: 'twin' }] } }),
  ],
  [
    'its MAC address there',
    'MAC_STILL_EXISTS',
    given => ({
      ...given,
      facts: { ...given.facts, macsInUse: [{ mac: '02:00:00:00:00:01', vm: { ref: 'OpaqueRef:x', uuid: 'other', name: 'other' } }] },
    }),
  ],
  [
    'a missing kernel',
    'VM_INCOMPATIBLE_WITH_THIS_HOST',
    given => ({ ...given, facts: { ...given.facts, missingFiles: ['/boot/guest-kernel'] } }),
  ],
  [
    'high availability',
    'VM_IS_PROTECTED',
    given => ({
      ...withVm(given, { ha_restart_priority: 'restart' }),
      view: { ...withVm(given, { ha_restart_priority: 'restart' }).view, poolHasHa: true },
    }),
  ],
];

describe('blockers', () => {
  test('none for a VM that can move', async () => {
    expect(blockersOf(await fine())).toEqual([]);
    expect(blockersOf(await fine({ state: 'Halted', snapshots: true }))).toEqual([]);
    expect(blockersOf(await fine({ state: 'Suspended', snapshots: false }))).toEqual([]);
  });

  test.each(cases)('%s: %s', async (_name, code, change) => {
    const blockers = blockersOf(change(await fine()));
    expect(blockers.map(blocker => blocker.code)).toContain(code);
    for (const { cause, fix, objects } of blockers) {
      expect(`${cause} ${fix}`).not.toContain('OpaqueRef');
      expect(cause).toMatch(/^[A-Z].*\.$/);
      expect(fix).not.toBe('');
      expect(objects.length).toBeGreaterThan(0);
    }
  });

  describe('a guest that was levelled', () => {
    test('is told what is missing there, and how it can come all the same', async () => {
      const [blocker, ...others] = blockersOf(levelled(await fine(), withoutAvx2));
      expect(others).toEqual([]);
      expect(blocker?.cause).toBe('VM "web" cannot go on running there: the processors of host "host b" lack avx2.');
      expect(blocker?.params[2]).toBe('the processors of host "host b" lack avx2');
      expect(blocker?.fix).toContain('platform:featureset=06000000-10000000-00000000-00000000-00000000-00000000 ');
    });

    test('goes where all is that it has, whatever else differs there', async () => {
      const fewer = { vendor: 'GenuineIntel', features: withoutAvx2 };
      expect(blockersOf(withHost(levelled(await fine(), withoutAvx2, fewer), { cpuFlags: [] }))).toEqual([]);
    });

    test.each(['Running', 'Suspended'] as const)('%s, started by an older agent: it has what this host gives', async state => {
      const given = await fine({ state, snapshots: false });
      expect(blockersOf(levelled(given, withoutAvx2, {}))).toEqual([]);
      expect(blockersOf(levelled(given, '06000000', {})).map(({ cause }) => cause)).toEqual([expect.stringContaining('lack avx.')]);
    });

    test('may be sent by force; a PV guest is held against what PV guests have there', async () => {
      const given = levelled(await fine(), withoutAvx2);
      expect(blockersOf({ ...given, args: { ...given.args, options: { ...given.args.options, force: true } } })).toEqual([]);
      expect(blockersOf(withVm(given, { domain_type: 'pv', HVM_boot_policy: '' }))).toEqual([]);
    });

    test('a destination that tells nothing is held against the flags of its processor, as before', async () => {
      const given = withHost(levelled(await fine(), withoutAvx2), { featuresPv: null, featuresHvm: null });
      expect(blockersOf(given)).toEqual([]);
      expect(blockersOf(withHost(given, { cpuFlags: ['fpu'] })).map(({ cause }) => cause)).toEqual([expect.stringContaining('lacks a, b')]);
    });
  });

  test('all of them at once', async () => {
    const worst = [cases[0], cases[1], cases[5], cases[13], cases[17], cases[18]].reduce(
      (given, entry) => entry?.[2](given) ?? given,
      await fine(),
    );
    const codes = new Set(blockersOf(worst).map(blocker => blocker.code));
    expect([...codes].toSorted()).toEqual(
      [
        'HOST_DISABLED',
        'HOST_NOT_ENOUGH_FREE_MEMORY',
        'OPERATION_BLOCKED',
        'OTHER_OPERATION_IN_PROGRESS',
        'VDI_CBT_ENABLED',
        'VM_HAS_PCI_ATTACHED',
      ].toSorted(),
    );
  });

  test('a halted VM does not mind what only concerns running ones', async () => {
    const halted = await fine({ state: 'Halted', snapshots: false });
    expect(blockersOf(withHost(withHost(halted, { enabled: false, memoryFreeBytes: 0 }), { accelerator: 'kvm', cpuFlags: [] }))).toEqual(
      [],
    );
  });

  test('disks of snapshots and their NICs follow those of the VM', async () => {
    const given = await fine();
    expect(Object.keys(given.args.vdiMap)).toHaveLength(2);
    expect(given.view.disks.size).toBe(3);
    expect(blockersOf(given)).toEqual([]);
  });
});
