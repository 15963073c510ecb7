// VCPUs_params: what they say, and that a guest which runs follows them at once.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { Ref } from '../../../src/lib/brand.ts';
import { parseCpus, schedulingOf } from '../../../src/ops/vm/scheduling.ts';
import { worldXen } from '../../support/ops/control-domain.ts';
import { World } from '../../support/ops/drivers.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';

describe('what they say', () => {
  test.each<readonly [Readonly<Record<string, string>>, string | undefined, unknown]>([
    [{}, undefined, undefined],
    [{ other: 'x' }, undefined, undefined],
    [{ weight: '512', cap: '80' }, undefined, { weight: 512, capPercent: 80 }],
    [{ mask: '1,3' }, undefined, { cpus: [[1, 3]] }],
    [{ mask: '4-6, 1 ; 2' }, undefined, { cpus: [[1, 4, 5, 6], [2]] }],
    [{}, '2,3', { cpus: [[2, 3]] }],
    [{ mask: '1,2' }, '2,3', { cpus: [[2]] }],
    [{ mask: '1,2' }, 'rubbish', { cpus: [[1, 2]] }],
  ])('%j on a host with %p', (params, mask, scheduling) => {
    expect(schedulingOf(params, mask === undefined ? {} : { mask })).toEqual(scheduling);
  });

  test.each([
    [{ weight: '0' }],
    [{ weight: 'heavy' }],
    [{ weight: '65536' }],
    [{ cap: '-1' }],
    [{ cap: '' }],
    [{ mask: '' }],
    [{ mask: '1,' }],
    [{ mask: '3-1' }],
    [{ mask: '5000' }],
    [{ mask: '1;' }],
  ])('%j is refused by its name', params => {
    const [key = ''] = Object.keys(params);
    expect(() => schedulingOf(params, {})).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
    expect(() => schedulingOf(params, {})).toThrow(expect.objectContaining({ params: expect.arrayContaining([`VCPUs_params:${key}`]) }));
  });

  test('a range of CPUs has both its ends', () => {
    expect(parseCpus('0-2,9')).toEqual([0, 1, 2, 9]);
    expect(parseCpus('0-4095')).toHaveLength(4096);
  });
});

describe('of a guest', () => {
  const hosts: OpsHost[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
  });
  const start = async (xen: boolean): Promise<OpsHost> => {
    const world = new World();
    if (xen) world.xen = worldXen();
    const host = await startOpsHost({ world });
    hosts.push(host);
    return host;
  };
  const running = async (host: OpsHost): Promise<Ref<'VM'>> => {
    const vm = await install(host, 'web');
    await host.vm.start(host.call, { vm, start_paused: false, force: false });
    return vm;
  };
  const change = async (host: OpsHost, verb: string, args: object): Promise<void> =>
    Reflect.get(host.vm, `${verb}VCPUs_params`)(host.call, args);
  const has = (host: OpsHost, vm: Ref<'VM'>) => host.world.guests.get(host.db.need('VM', vm).uuid)?.spec.scheduling;
  const says = (host: OpsHost, vm: Ref<'VM'>) => host.db.need('VM', vm).VCPUs_params;

  test('it follows each change, and has them after its next start', async () => {
    const host = await start(true);
    const vm = await running(host);
    await change(host, 'add_to_', { self: vm, key: 'weight', value: '512' });
    expect(has(host, vm)).toEqual({ weight: 512 });
    await change(host, 'add_to_', { self: vm, key: 'mask', value: '1' });
    await change(host, 'remove_from_', { self: vm, key: 'weight' });
    expect(has(host, vm)).toEqual({ cpus: [[1]] });
    await change(host, 'set_', { self: vm, value: { cap: '50', mask: '1,2' } });
    expect(has(host, vm)).toEqual({ capPercent: 50, cpus: [[1, 2]] });
    await host.vm.add_to_VCPUs_params_live(host.call, { self: vm, key: 'cap', value: '60' });
    expect(says(host, vm)).toEqual({ cap: '60', mask: '1,2' });
    await host.vm.hard_shutdown(host.call, { vm });
    await host.vm.start(host.call, { vm, start_paused: false, force: false });
    expect(has(host, vm)).toEqual({ capPercent: 60, cpus: [[1, 2]] });
  });

  test('what the guest cannot have is not written down', async () => {
    const host = await start(true);
    const vm = await running(host);
    host.world.fail('setScheduling');
    await expect(change(host, 'add_to_', { self: vm, key: 'weight', value: '512' })).rejects.toThrow();
    expect(says(host, vm)).toEqual({});
    expect((await errorOf(() => change(host, 'add_to_', { self: vm, key: 'weight', value: 'much' })))[0]).toBe('INVALID_VALUE');
    expect(says(host, vm)).toEqual({});
  });

  test('a key that is there is not added again', async () => {
    const host = await start(true);
    const vm = await install(host, 'web');
    await change(host, 'add_to_', { self: vm, key: 'weight', value: '512' });
    expect(await errorOf(() => change(host, 'add_to_', { self: vm, key: 'weight', value: '1' }))).toEqual([
      'MAP_DUPLICATE_KEY',
      'VM',
      'VCPUs_params',
      vm,
      'weight',
    ]);
  });

  test('where the kernel shares the CPUs out, it is a wish in the records', async () => {
    const host = await start(false);
    const vm = await running(host);
    await change(host, 'add_to_', { self: vm, key: 'weight', value: '512' });
    expect([says(host, vm), host.world.calls.includes('setScheduling')]).toEqual([{ weight: '512' }, false]);
  });
});
