// Changes of the management on trial: who confirms them, what comes back when nobody does, and that nothing is left between whenever the
// process ends.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { memoryStore } from '../../../src/db/stores/memory.ts';
import type { Store } from '../../../src/db/db.ts';
import type { HostNetwork, PhysicalInterface } from '../../../src/drivers/network.ts';
import { createSimNetwork, type SimNetwork } from '../../../src/drivers/network/sim/driver.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import type { CallOrigin } from '../../../src/ops/context.ts';
import { TrialFiles } from '../../../src/ops/network/trial/file.ts';
import { managementOf } from '../../../src/ops/network/trial/cone.ts';
import { ops } from '../../../src/ops/registry.ts';
import { World } from '../../support/ops/drivers.ts';
import { type Life, type OpsHost, startOpsHost } from '../../support/ops/host.ts';
import { until } from '../../lab/support/rack/wait.ts';

const nic = (number: number): PhysicalInterface => ({
  device: `eth${number}`,
  mac: `02:00:00:00:00:0${number}`,
  mtu: 1500,
  carrier: true,
  ipv4: number === 0 ? [{ address: '10.0.0.5', prefixLength: 24 }] : [],
  ipv6: [],
  dns: [],
  management: number === 0,
  ...(number === 0 && { gateway: '10.0.0.1' }),
});

let stateDir: string;
let store: Store;
let world: World;
let network: SimNetwork;
let gatewayAnswers: boolean;
let watched: { readonly id: string; readonly timeoutMs: number }[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'xcp-trials-'));
  store = memoryStore();
  world = new World();
  gatewayAnswers = false;
  watched = [];
  network = createSimNetwork({ interfaces: [nic(0), nic(1)], ownsNics: true, gateway: () => gatewayAnswers });
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const boot = (life?: Life, watch = async (trial: (typeof watched)[number]): Promise<void> => void watched.push(trial)): Promise<OpsHost> =>
  startOpsHost({ store, world, stateDir, driver: network, watch, ...(life && { life }) });

const pif = (host: OpsHost, device: string): Ref<'PIF'> => {
  for (const [ref, record] of host.db.all('PIF')) if (record.device === device) return ref;
  throw new Error(`no PIF ${device}`);
};

const remote = (confirmTimeoutMs: number): CallOrigin => ({ isLocal: false, confirmTimeoutMs });
const move = (host: OpsHost, origin: CallOrigin, IP = '10.0.0.9', gateway = '10.0.0.1'): Promise<unknown> =>
  ops.PIF?.reconfigure_ip?.(
    { ...host.call, origin },
    { self: pif(host, 'eth0'), mode: 'Static', IP, netmask: '255.255.255.0', gateway, DNS: '' },
  ) ?? Promise.reject(new Error('no such message'));

const addressesNow = (): readonly string[] => {
  const ip = managementOf(network.state().applied)?.ip;
  return [...(ip?.ipv4.kind === 'static' ? [ip.ipv4.address] : []), ...(ip?.leaving ?? []).map(({ address }) => address)];
};
const recorded = (host: OpsHost): string => host.db.need('PIF', pif(host, 'eth0')).IP;
const filesLeft = (): readonly string[] => readdirSync(join(stateDir, 'network'));
const messages = (host: OpsHost): readonly string[] => [...host.db.all('message')].map(([, { name }]) => name);
const soon = (what: string, look: () => boolean): Promise<number> =>
  until(what, async () => ({ done: look(), seen: JSON.stringify(network.state().applied) }), { timeoutMs: 5_000, everyMs: 5 });
const visit = (host: OpsHost, localAddress: string, remoteAddress = '10.0.0.77', connectedAt = Date.now()): void =>
  host.services.networkTrials.heard(host.services, { localAddress, remoteAddress, connectedAt });

describe('a change of the management address', () => {
  test('has the old address beside the new one, and is kept when somebody comes by the new one', async () => {
    const host = await boot();
    await move(host, remote(60_000));
    expect(addressesNow()).toEqual(['10.0.0.9', '10.0.0.5']);
    expect(watched).toEqual([{ id: expect.any(String), timeoutMs: 60_000 }]);
    expect(filesLeft()).toEqual([`pending-${watched[0]?.id}.json`]);
    visit(host, '::ffff:10.0.0.9');
    await soon('the old address gone', () => addressesNow().length === 1);
    expect(addressesNow()).toEqual(['10.0.0.9']);
    await soon('no file left', () => filesLeft().length === 0);
    expect(recorded(host)).toBe('10.0.0.9');
    expect(messages(host)).toEqual([]);
    await host.stop();
  });

  test.each([
    ['by the old address', '10.0.0.5', '10.0.0.77', 0],
    ['from the host itself', '10.0.0.9', '10.0.0.9', 0],
    ['from loopback', '10.0.0.9', '127.0.0.1', 0],
    ['by a connection that is older than the change', '10.0.0.9', '10.0.0.77', -60_000],
  ])('is not kept for who comes %s', async (_how, local, from, ageMs) => {
    const host = await boot();
    await move(host, remote(150));
    visit(host, local, from, Date.now() + ageMs);
    await soon('the old address back', () => addressesNow().join() === '10.0.0.5');
    await soon('no file left', () => filesLeft().length === 0);
    expect(recorded(host)).toBe('10.0.0.5');
    await soon('an alert', () => messages(host).includes('MANAGEMENT_CHANGE_ROLLED_BACK'));
    await host.stop();
  });

  test('from the host itself is kept when the gateway answers, and else comes back', async () => {
    const host = await boot();
    await move(host, { isLocal: true, confirmTimeoutMs: 200 });
    await soon('back', () => addressesNow().join() === '10.0.0.5');
    gatewayAnswers = true;
    await move(host, { isLocal: true, confirmTimeoutMs: 200 });
    await soon('kept', () => addressesNow().join() === '10.0.0.9');
    await host.stop();
  });

  test('can be confirmed by hand', async () => {
    const host = await boot();
    await move(host, remote(60_000));
    expect(await host.services.networkTrials.status(host.services)).toEqual({ remainingSeconds: 60, addresses: ['10.0.0.9'] });
    expect(await host.services.networkTrials.confirm(host.services, 'a test')).toBe(true);
    expect(addressesNow()).toEqual(['10.0.0.9']);
    expect(await host.services.networkTrials.confirm(host.services, 'a test')).toBe(false);
    await host.stop();
  });

  test('and another one meanwhile go back together, to what was before both', async () => {
    const host = await boot();
    await move(host, remote(60_000), '10.0.0.9');
    await move(host, remote(150), '10.0.0.10');
    expect(filesLeft()).toEqual([`pending-${watched[1]?.id}.json`]);
    await soon('back', () => addressesNow().join() === '10.0.0.5');
    expect(recorded(host)).toBe('10.0.0.5');
    await host.stop();
  });

  test('that the switch refuses changes nothing, and leaves no trial', async () => {
    network = createSimNetwork({
      interfaces: [nic(0), nic(1)],
      ownsNics: true,
      faults: [{ method: 'apply', object: 'xenbr0', skip: 1, count: 1, error: { kind: 'failed', message: 'no' } }],
    });
    const host = await boot();
    await expect(move(host, remote(150))).rejects.toMatchObject({ code: 'PIF_CONFIGURATION_ERROR' });
    expect(addressesNow()).toEqual(['10.0.0.5']);
    expect(filesLeft()).toEqual([]);
    expect(recorded(host)).toBe('10.0.0.5');
    await host.stop();
  });

  test('is not made where no watchdog can be started', async () => {
    const { DriverError } = await import('../../../src/drivers/hypervisor.ts');
    const host = await boot(undefined, async () => {
      throw new DriverError('failed', 'no watchdog');
    });
    await expect(move(host, remote(150))).rejects.toMatchObject({ code: 'PIF_CONFIGURATION_ERROR' });
    expect(addressesNow()).toEqual(['10.0.0.5']);
    expect(recorded(host)).toBe('10.0.0.5');
    await host.stop();
  });
});

test('a change of another interface is no trial', async () => {
  const host = await boot();
  await ops.PIF?.reconfigure_ip?.(host.call, {
    self: pif(host, 'eth1'),
    mode: 'Static',
    IP: '10.7.0.5',
    netmask: '255.255.255.0',
    gateway: '',
    DNS: '',
  });
  expect(watched).toEqual([]);
  await host.stop();
});

test('a bond over the management is a trial, and is taken apart again', async () => {
  const host = await boot();
  const target = await ops.network?.create?.(host.call, {
    args: { name_label: 'bonded', name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: [] },
  });
  const before = JSON.stringify(network.state().applied.networks);
  await ops.Bond?.create?.(
    { ...host.call, origin: remote(150) },
    { network: target as Ref<'network'>, members: [pif(host, 'eth0'), pif(host, 'eth1')], MAC: '', mode: 'active-backup', properties: {} },
  );
  expect(managementOf(network.state().applied)?.uplink.kind).toBe('bond');
  expect(watched).toHaveLength(1);
  await soon('no bond', () => managementOf(network.state().applied)?.uplink.kind === 'nic');
  expect(JSON.stringify(network.state().applied.networks)).toBe(before);
  expect([...host.db.all('Bond')]).toEqual([]);
  await host.stop();
});

describe('the management moves', () => {
  const give = async (host: OpsHost, device: string, IP: string): Promise<Ref<'PIF'>> => {
    const self = pif(host, device);
    await ops.PIF?.reconfigure_ip?.(host.call, { self, mode: 'Static', IP, netmask: '255.255.255.0', gateway: '', DNS: '' });
    return self;
  };
  const to = (host: OpsHost, self: Ref<'PIF'>, origin: CallOrigin = remote(60_000)): Promise<void> =>
    ops.host?.management_reconfigure?.({ ...host.call, origin }, { pif: self }) ?? Promise.reject(new Error('no such message'));
  const isManagement = (host: OpsHost, device: string): boolean => host.db.need('PIF', pif(host, device)).management;
  const address = (host: OpsHost): string => host.db.need('host', host.services.self.host).address;

  test('to another interface, on trial, with the address that the host is known by', async () => {
    const host = await boot();
    await to(host, await give(host, 'eth1', '10.7.0.5'));
    expect([isManagement(host, 'eth0'), isManagement(host, 'eth1'), address(host)]).toEqual([false, true, '10.7.0.5']);
    expect(watched).toHaveLength(1);
    visit(host, '10.0.0.5');
    visit(host, '10.7.0.5', '10.7.0.9');
    await soon('confirmed', () => filesLeft().length === 0);
    expect(isManagement(host, 'eth1')).toBe(true);
    await host.stop();
  });

  test('and back when nobody comes', async () => {
    const host = await boot();
    await to(host, await give(host, 'eth1', '10.7.0.5'), remote(100));
    await soon('back', () => isManagement(host, 'eth0'));
    expect(isManagement(host, 'eth1')).toBe(false);
    await host.stop();
  });

  test('not to an interface by which nobody could come', async () => {
    const host = await boot();
    const self = pif(host, 'eth1');
    await expect(to(host, self)).rejects.toMatchObject({ code: 'PIF_HAS_NO_NETWORK_CONFIGURATION', params: [self] });
    await host.db.transaction(tx => tx.update('PIF', self, { primary_address_type: 'IPv6' }));
    await expect(to(host, self)).rejects.toMatchObject({ code: 'PIF_HAS_NO_V6_NETWORK_CONFIGURATION', params: [self] });
    await host.db.transaction(tx => tx.update('PIF', self, { ipv6_configuration_mode: 'Autoconf' }));
    await expect(to(host, self)).rejects.toMatchObject({ code: 'PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE', params: [self] });
    expect(isManagement(host, 'eth0')).toBe(true);
    await host.stop();
  });

  test('is given up, which is no trial, and taken up again by the name of an interface', async () => {
    const host = await boot();
    const local = ops.host?.local_management_reconfigure;
    await expect(local?.(host.call, { interface: 'eth0' })).rejects.toMatchObject({ code: 'NOT_IN_EMERGENCY_MODE' });
    await ops.host?.management_disable?.({ ...host.call, origin: remote(100) }, {});
    expect(watched).toEqual([]);
    expect(isManagement(host, 'eth0')).toBe(false);
    await expect(ops.host?.get_management_interface?.(host.call, { host: host.services.self.host })).rejects.toMatchObject({
      code: 'HOST_HAS_NO_MANAGEMENT_IP',
    });
    await expect(local?.(host.call, { interface: 'eth7' })).rejects.toMatchObject({ code: 'INTERFACE_HAS_NO_IP', params: ['eth7'] });
    await local?.(host.call, { interface: 'xenbr0' });
    expect(isManagement(host, 'eth0')).toBe(true);
    await host.stop();
  });

  test('on all hosts of the pool, each of which must be on the network', async () => {
    const host = await boot();
    const pool = ops.pool?.management_reconfigure;
    const eth1 = await give(host, 'eth1', '10.7.0.5');
    const { network: target } = host.db.need('PIF', eth1);
    const [nowhere] = host.db.byNameLabel('network', 'Host internal management network');
    if (nowhere === undefined) throw new Error('no such network');
    await expect(pool?.(host.call, { network: nowhere })).rejects.toMatchObject({ code: 'PIF_NOT_PRESENT' });
    await pool?.(host.call, { network: target });
    expect(isManagement(host, 'eth1')).toBe(true);
    await host.stop();
  });
});

describe('killed', () => {
  /** Cuts the process off at the n-th thing it does after the change began. */
  const killAt = async (step: string): Promise<void> => {
    const life: Life = { dead: false };
    const never = new Promise<never>(() => undefined);
    const real = network;
    const die = (at: string): Promise<void> | undefined => {
      if (at !== step) return undefined;
      life.dead = true;
      return never;
    };
    network = {
      ...real,
      apply: async (desired: HostNetwork, options) => {
        if (armed) await die('before the switch');
        const answer = await real.apply(desired, options);
        if (armed) await die('after the switch');
        return answer;
      },
    };
    let armed = false;
    const host = await boot(life, async trial => {
      await die('before the watchdog');
      watched.push(trial);
      await die('after the watchdog');
    });
    armed = true;
    const moving = move(host, remote(2_000)).then(() => die('on trial'));
    await Promise.race([moving, until('dead', async () => ({ done: life.dead, seen: step }), { everyMs: 1, timeoutMs: 3_000 })]);
    life.dead = true;
    network = real;
    // Its clock would go on; a process that was killed has none.
    void host.services.networkTrials.stop();
  };

  test.each(['before the watchdog', 'after the watchdog', 'before the switch', 'after the switch', 'on trial'])(
    '%s: the next start takes the change back before anything else',
    async step => {
      await killAt(step);
      const host = await boot();
      expect(addressesNow()).toEqual(['10.0.0.5']);
      expect(recorded(host)).toBe('10.0.0.5');
      expect(filesLeft()).toEqual([]);
      expect(messages(host)).toContain('MANAGEMENT_CHANGE_ROLLED_BACK');
      await host.stop();
    },
  );

  test('after the watchdog had brought the network back: the records follow', async () => {
    await killAt('on trial');
    const files = new TrialFiles(stateDir);
    const id = watched[0]?.id ?? '';
    expect(await files.claim(id, 'undoing')).toBe(true);
    expect(managementOf((await files.read(id))?.before ?? { networks: [], ports: [] })?.ip?.ipv4).toMatchObject({ address: '10.0.0.5' });
    const host = await boot();
    expect(recorded(host)).toBe('10.0.0.5');
    await host.stop();
  });

  test('after it was confirmed, before that was written down: it is kept', async () => {
    await killAt('on trial');
    expect(await new TrialFiles(stateDir).claim(watched[0]?.id ?? '', 'confirmed')).toBe(true);
    const host = await boot();
    expect(recorded(host)).toBe('10.0.0.9');
    expect(addressesNow()).toEqual(['10.0.0.9']);
    expect(filesLeft()).toEqual([]);
    await host.stop();
  });

  test('of two who end a trial one can', async () => {
    const files = new TrialFiles(stateDir);
    await files.begin({ id: 'a', before: { networks: [], ports: [] } });
    const claims = await Promise.all([files.claim('a', 'confirmed'), files.claim('a', 'undoing')]);
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});
