// How often a guest's agent is asked: at once when it comes, more rarely while nothing is new, never in step with a guest that keeps
// opening and closing its line.

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import type { Services } from '../../../src/ops/context.ts';
import { followAddresses } from '../../../src/ops/guest/addresses.ts';
import { install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';

let host: OpsHost;
let services: Services;
let vm: Ref<'VM'>;
let asked = 0;
let answers: readonly (Readonly<Record<string, string>> | undefined)[] = [];

beforeEach(async () => {
  host = await startOpsHost();
  vm = await install(host, 'guest');
  await host.vm.start(host.call, { vm, start_paused: false, force: false });
  asked = 0;
  const guestMetrics: HypervisorDriver['guestMetrics'] = async () => {
    asked += 1;
    const networks = answers[Math.min(asked, answers.length) - 1];
    return networks && { agentVersion: '1.2.3', osVersion: {}, networks };
  };
  services = { ...host.services, hypervisor: { ...host.services.hypervisor, guestMetrics } };
});
afterEach(() => host.stop());

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const shown = () => host.db.get('VM_guest_metrics', host.db.need('VM', vm).guest_metrics)?.networks;

test('at once, then again until it is new', async () => {
  answers = [{}, { '0/ipv6/0': 'fd00::1' }];
  const looks = followAddresses(services);
  looks.begin(host.db.need('VM', vm).uuid);
  await pause(200);
  expect([asked, shown()]).toEqual([1, {}]);
  await pause(1_300);
  expect([asked, shown()]).toEqual([2, { '0/ipv6/0': 'fd00::1' }]);
  looks.stop();
  await pause(1_500);
  expect(asked).toBe(2);
});

test('a guest that flaps is asked no more than once a second', async () => {
  answers = [{}];
  const looks = followAddresses(services);
  const { uuid } = host.db.need('VM', vm);
  for (let times = 0; times < 100; times += 1) {
    looks.begin(uuid);
    await pause(15);
  }
  expect(asked).toBeLessThanOrEqual(3);
  expect(asked).toBeGreaterThanOrEqual(2);
  looks.stop();
});

test('where the hypervisor tells of changes, one that has answered is not asked again until then', async () => {
  answers = [undefined, {}, {}, { '0/ip': '10.0.0.7' }];
  const looks = followAddresses({ ...services, hypervisor: { ...services.hypervisor, tellsMetrics: true } });
  const { uuid } = host.db.need('VM', vm);
  looks.begin(uuid);
  await pause(3_500);
  expect(asked).toBe(2);
  looks.begin(uuid);
  await pause(1_500);
  expect(asked).toBe(3);
  looks.begin(uuid);
  await pause(1_500);
  expect([asked, shown()]).toEqual([4, { '0/ip': '10.0.0.7' }]);
  looks.stop();
});

jest.setTimeout(20_000);
