// Features of processors: the level of a pool, what a VM boots with and what is written down of it, and hosts that lack what kept memory was running with.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { GuestFeatures } from '../../../src/drivers/hypervisor.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import { poolCpuInfo } from '../../../src/ops/host/cpu-features.ts';
import { World } from '../../support/ops/drivers.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';

const [sse, avx, all] = ['06000000-00000000', '06000000-10000000', '06000000-10000000-00000000-00000000-00000000-00000020'];
const features: GuestFeatures = { pv: { atBoot: sse, atMost: avx }, hvm: { atBoot: avx, atMost: all } };

test('a pool has the processors of all its hosts, and the features that all of them give', () => {
  const host = (pv: string, hvm: string) => ({
    vendor: 'GenuineIntel',
    cpu_count: '8',
    socket_count: '2',
    features_pv_host: pv,
    features_hvm_host: hvm,
  });
  expect(poolCpuInfo([host(avx, all), host(all, '0e000000-30000000')])).toEqual({
    vendor: 'GenuineIntel',
    cpu_count: '16',
    socket_count: '4',
    features_pv_host: `${avx}-00000000-00000000-00000000-00000000`,
    features_hvm_host: `${avx}-00000000-00000000-00000000-00000000`,
  });
  // One that tells nothing takes nothing away.
  expect(poolCpuInfo([host(avx, all), host('', '')])).toMatchObject({ cpu_count: '16', features_pv_host: avx, features_hvm_host: all });
});

describe('on a host', () => {
  const hosts: OpsHost[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
  });
  const start = async (world: World, store?: OpsHost['store']): Promise<OpsHost> => {
    const host = await startOpsHost({ world, ...(store && { store }) });
    hosts.push(host);
    return host;
  };
  const levelled = async (): Promise<OpsHost> => {
    const world = new World();
    world.guestFeatures = features;
    return start(world);
  };
  const run = async (host: OpsHost, vm: Ref<'VM'>): Promise<void> => host.vm.start(host.call, { vm, start_paused: false, force: false });
  const specOf = (host: OpsHost, vm: Ref<'VM'>) => host.world.guests.get(host.db.need('VM', vm).uuid)?.spec;
  const flagsOf = (host: OpsHost, vm: Ref<'VM'>) => host.db.need('VM', vm).last_boot_CPU_flags;
  const set = (host: OpsHost, vm: Ref<'VM'>, fields: object): Promise<void> => host.db.transaction(tx => tx.update('VM', vm, fields));

  test('it tells what guests have there, and its pool what they boot with', async () => {
    const host = await levelled();
    const { self } = host.services;
    expect(host.db.need('host', self.host).cpu_info).toMatchObject({
      features_pv: avx,
      features_hvm: all,
      features_pv_host: sse,
      features_hvm_host: avx,
    });
    expect(host.db.need('pool', self.pool).cpu_info).toMatchObject({
      vendor: 'GenuineIntel',
      features_pv_host: sse,
      features_hvm_host: avx,
    });
  });

  test('processors that were exchanged change both at the next start', async () => {
    const { world, store } = await levelled();
    await hosts.pop()?.stop();
    world.guestFeatures = { pv: features.pv, hvm: { atBoot: sse, atMost: sse } };
    const host = await start(world, store);
    expect(host.db.need('pool', host.services.self.pool).cpu_info).toMatchObject({ features_pv_host: sse, features_hvm_host: sse });
  });

  test.each([
    ['hvm', { domain_type: 'hvm' }, avx],
    ['PVH', { domain_type: 'pvh', HVM_boot_policy: '', PV_kernel: '/kernel' }, avx],
    ['PV', { domain_type: 'pv', HVM_boot_policy: '', PV_kernel: '/kernel' }, sse],
    ['one that is to have less', { domain_type: 'hvm', platform: { featureset: sse } }, sse],
    ['one that is to have more than there is', { domain_type: 'hvm', platform: { featureset: '06000001-30000000' } }, avx],
  ])('a guest boots with what its pool gives, and it is written down: %s', async (_name, fields, wanted) => {
    const host = await levelled();
    const vm = await install(host, 'web');
    await set(host, vm, fields);
    await run(host, vm);
    expect(specOf(host, vm)?.cpuFeatures).toBe(wanted);
    expect(flagsOf(host, vm)).toEqual({ vendor: 'GenuineIntel', features: wanted });
  });

  test('where nobody levels, the maker of the processors is written down alone', async () => {
    const host = await start(new World());
    const vm = await install(host, 'web');
    await run(host, vm);
    expect(specOf(host, vm)).not.toHaveProperty('cpuFeatures');
    expect(flagsOf(host, vm)).toEqual({ vendor: 'GenuineIntel', features: '' });
  });

  test.each(['all', '1', '00000000'])('a wish that is none is refused, and nothing is done: %s', async featureset => {
    const host = await levelled();
    const vm = await install(host, 'web');
    await set(host, vm, { platform: { featureset } });
    expect((await errorOf(() => run(host, vm))).slice(0, 3)).toEqual(['INVALID_VALUE', 'platform:featureset', featureset]);
    expect(host.world.guests.size).toBe(0);
  });

  describe('memory that is kept', () => {
    const suspended = async (): Promise<{ readonly host: OpsHost; readonly vm: Ref<'VM'> }> => {
      const host = await levelled();
      const vm = await install(host, 'web');
      await run(host, vm);
      await host.vm.suspend(host.call, { vm });
      return { host, vm };
    };
    const resume = (host: OpsHost, vm: Ref<'VM'>, force = false): Promise<void> =>
      host.vm.resume(host.call, { vm, start_paused: false, force });

    test('goes on with what it had, though the host gives less to those that boot now', async () => {
      const { host, vm } = await suspended();
      host.world.guestFeatures = { pv: features.pv, hvm: { atBoot: sse, atMost: all } };
      await resume(host, vm);
      expect(specOf(host, vm)?.cpuFeatures).toBe(avx);
      expect(flagsOf(host, vm)['features']).toBe(avx);
    });

    test('is not resumed on a host that lacks what it had, unless by force', async () => {
      const { host, vm } = await suspended();
      host.world.guestFeatures = { pv: features.pv, hvm: { atBoot: sse, atMost: sse } };
      const { self } = host.services;
      const name = host.db.need('host', self.host).name_label;
      const refusal = ['VM_INCOMPATIBLE_WITH_THIS_HOST', vm, self.host, `the processors of host "${name}" lack avx`];
      expect(await errorOf(() => resume(host, vm))).toEqual(refusal);
      expect(await errorOf(async () => host.vm.assert_can_boot_here(host.call, { self: vm, host: self.host }))).toEqual(refusal);
      expect(await host.vm.get_possible_hosts(host.call, { vm })).toEqual([]);
      expect(host.db.need('VM', vm).power_state).toBe('Suspended');
      await resume(host, vm, true);
      expect(host.db.need('VM', vm).power_state).toBe('Running');
    });

    test('of a checkpoint knows what it was running with', async () => {
      const host = await levelled();
      const vm = await install(host, 'web');
      await run(host, vm);
      const snapshot = await host.vm.checkpoint(host.call, { vm, new_name: 'c' });
      expect(flagsOf(host, snapshot)['features']).toBe(avx);
      await host.vm.hard_shutdown(host.call, { vm });
      await set(host, vm, { platform: { featureset: sse } });
      await run(host, vm);
      expect(flagsOf(host, vm)['features']).toBe(sse);
      await host.vm.revert(host.call, { snapshot });
      expect(flagsOf(host, vm)['features']).toBe(avx);
    });
  });
});
