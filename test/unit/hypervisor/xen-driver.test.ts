// What the Xen driver makes of domains that end by themselves, and of agents that died in the middle of something.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { GuestEvent, GuestSpec, HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import { createXenDriver } from '../../../src/drivers/hypervisor/xen/driver.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { ToolError } from '../../../src/drivers/tool.ts';
import { FakeXen } from '../../support/fake-xen.ts';

const MIB = 1 << 20;
const stateDir = '/state';
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const image = { format: 'raw', path: '/sr/memory', sizeBytes: MIB, chain: [] } as const;

let xen: FakeXen;
let driver: HypervisorDriver;
let events: GuestEvent[];

const open = (): HypervisorDriver => {
  const opened = createXenDriver({ stateDir, dom0: xen, log: silentLogger });
  opened.onEvent(event => {
    if (event.kind !== 'metrics') events.push(event);
  });
  return opened;
};

/** As after `kill -9`: the next agent knows what is on disk and in Xen, nothing else. */
const killed = async (): Promise<void> => {
  await driver.close();
  xen.before = () => undefined;
  events = [];
  driver = open();
};

const spec = (): GuestSpec => ({
  id: randomUUID(),
  name: 'guest',
  vcpusAtStartup: 1,
  vcpusMax: 1,
  memoryStaticMaxBytes: 128 * MIB,
  memoryTargetBytes: 128 * MIB,
  boot: { kind: 'kernel', kernelPath: '/kernel', args: '' },
  platform: {},
  disks: [],
  nics: [],
});
const start = async (paused = false): Promise<string> => {
  const made = spec();
  await driver.start(made, { paused, signal: soon() });
  return made.id;
};
const until = async (holds: () => boolean): Promise<void> => {
  const limit = soon();
  while (!holds()) {
    limit.throwIfAborted();
    await new Promise(resolve => void setImmediate(resolve));
  }
};
const handleOf = (id: string): { phase: string } => JSON.parse(xen.files.get(`${stateDir}/guests/${id}/handle.json`) ?? '{}');
const setPhase = (id: string, phase: string): void => {
  xen.files.set(`${stateDir}/guests/${id}/handle.json`, JSON.stringify({ ...handleOf(id), phase }));
};
const leftOf = (id: string): readonly string[] => [...xen.files.keys()].filter(path => path.includes(id));

beforeEach(() => {
  xen = new FakeXen();
  events = [];
  driver = open();
});
afterEach(() => driver.close());

test('what a power cut left of a guest that cannot be read any more goes when it is destroyed', async () => {
  const id = randomUUID();
  xen.files.set(`${stateDir}/guests/${id}/handle.json`, '\0'.repeat(64));
  expect(await driver.status(id)).toBeUndefined();
  await driver.destroy(id);
  expect(leftOf(id)).toEqual([]);
});

test('what is left of a guest that cannot be read stays as long as it has a domain', async () => {
  const id = await start();
  xen.files.set(`${stateDir}/guests/${id}/handle.json`, '{');
  await killed();
  await driver.destroy(id);
  expect(xen.domains.size).toBe(1);
  expect(leftOf(id)).not.toEqual([]);
});

describe('a domain that ends by itself', () => {
  test('powered off: destroyed, told once, nothing left', async () => {
    const id = await start();
    xen.guestStops(id, 0);
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'gone', id, reason: 'shutdown' }]);
    expect(xen.domains.size).toBe(0);
    expect(leftOf(id)).toEqual([]);
  });

  test('rebooted: a new domain in place of the old one, running', async () => {
    const id = await start();
    const before = xen.byUuid(id)?.domid;
    xen.guestStops(id, 1);
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'rebooted', id }]);
    expect(xen.byUuid(id)).toMatchObject({ pauses: 0, shutdown: undefined });
    expect(xen.byUuid(id)?.domid).not.toBe(before);
  });

  test('crashed: stays as it is, and is told so', async () => {
    const id = await start();
    xen.guestStops(id, 3);
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'state', id, state: 'crashed' }]);
    expect((await driver.status(id))?.state).toBe('crashed');
    await driver.destroy(id);
    expect(xen.domains.size).toBe(0);
  });

  const monitorOf = (id: string): string => `${stateDir}/guests/${id}/monitor.sock`;
  /** Has the driver talk with its QEMU. */
  const talk = (id: string): Promise<unknown> => driver.activeLayer(id, 'disk').catch(() => undefined);

  test('without its QEMU, which has died: ended, told once, nothing left', async () => {
    const id = await start();
    await talk(id);
    xen.endQemu(monitorOf(id));
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'gone', id, reason: 'died' }]);
    expect(xen.domains.size).toBe(0);
    expect(leftOf(id)).toEqual([]);
  });

  test('without its QEMU, since somebody destroys it by hand: gone, and not as one that died', async () => {
    const id = await start();
    await talk(id);
    xen.endQemu(monitorOf(id));
    await new Promise(resolve => setTimeout(resolve, 100));
    xen.end(xen.byUuid(id)?.domid ?? 0);
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'gone', id, reason: 'destroyed' }]);
  });

  test('a monitor that was cut is no end, and is connected again', async () => {
    const id = await start();
    await talk(id);
    xen.cutMonitor(monitorOf(id));
    await talk(id);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(events).toEqual([]);
    expect((await driver.status(id))?.state).toBe('running');
  });

  test('a QEMU that is asked for many times is not taken for dead', async () => {
    const id = await start();
    await talk(id);
    for (let times = 0; times < 5; times++) await driver.migration.cancel(id, { resume: true });
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(events).toEqual([]);
    expect((await driver.status(id))?.state).toBe('running');
  });

  test('destroyed by hand: gone', async () => {
    const id = await start();
    xen.end(xen.byUuid(id)?.domid ?? 0);
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'gone', id, reason: 'destroyed' }]);
  });

  test('rebooted, but its successor cannot be made: gone, nothing left', async () => {
    const id = await start();
    xen.before = command => {
      if (command === 'create') throw new ToolError('xl', 3, 'Out of memory');
    };
    xen.guestStops(id, 1);
    await until(() => events.length > 0);
    expect(events).toEqual([{ kind: 'gone', id, reason: 'died' }]);
    expect(xen.domains.size).toBe(0);
  });

  test('many at once cost few listings', async () => {
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push(await start());
    xen.calls.splice(0);
    for (const id of ids) xen.guestStops(id, 0);
    await until(() => events.length === 20);
    expect(xen.calls.filter(call => call === 'list').length).toBeLessThan(10);
  });
});

describe('many at once', () => {
  test('a guest that boots costs one call of xl; one that is to wait is made waiting', async () => {
    await start();
    expect(xen.calls.filter(call => !call.startsWith('list')).map(call => call.split(' ')[0])).toEqual(['create']);
    const waiting = await start(true);
    expect(xen.byUuid(waiting)?.pauses).toBe(1);
  });

  test('are ended a few at a time, so that the store is there for others too', async () => {
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push(await start());
    await Promise.all(ids.map(id => driver.destroy(id)));
    expect(xen.domains.size).toBe(0);
    expect(xen.mostAtOnce.get('destroy')).toBe(4);
  });

  test('what Xen has is asked once for all who ask meanwhile', async () => {
    await Promise.all(Array.from({ length: 20 }, () => driver.probe()));
    expect(xen.calls.filter(call => call === 'info').length).toBeLessThan(3);
  });
});

describe('pauses', () => {
  test('are one, however often asked, and end also when others added some', async () => {
    const id = await start();
    for (let i = 0; i < 3; i++) await driver.pause(id);
    const domain = xen.byUuid(id);
    expect(domain?.pauses).toBe(1);
    if (domain !== undefined) domain.pauses = 4;
    await driver.unpause(id);
    expect(domain?.pauses).toBe(0);
    expect(events).toEqual([
      { kind: 'state', id, state: 'paused' },
      { kind: 'state', id, state: 'running' },
    ]);
  });
});

describe('other people’s domains', () => {
  test('are neither listed nor touched', async () => {
    const uuid = randomUUID();
    xen.addForeign('by hand', uuid);
    await start();
    expect((await driver.list()).map(guest => guest.id)).not.toContain(uuid);
    await expect(driver.pause(uuid)).rejects.toMatchObject({ kind: 'not-found' });
    await driver.destroy(uuid);
    xen.guestStops(uuid, 0);
    await driver.list();
    expect(xen.byUuid(uuid)).toBeDefined();
  });

  test('are shown beside the guests', async () => {
    const uuid = randomUUID();
    xen.addForeign('by hand', uuid);
    const id = await start(true);
    const shown = await driver.listDomains?.();
    expect(shown).toHaveLength(2);
    expect(shown).toContainEqual(expect.objectContaining({ uuid, name: 'by hand', state: 'running', isGuest: false }));
    expect(shown).toContainEqual(expect.objectContaining({ uuid: id, state: 'paused', isGuest: true }));
    xen.guestStops(uuid, 0);
    expect(await driver.listDomains?.()).toContainEqual(expect.objectContaining({ uuid, state: 'shut down' }));
  });

  test('a guest whose uuid such a domain has is not started', async () => {
    const made = spec();
    xen.addForeign('by hand', made.id);
    await expect(driver.start(made, { paused: false, signal: soon() })).rejects.toMatchObject({ kind: 'exists' });
    expect(xen.byUuid(made.id)?.name).toBe('by hand');
  });
});

describe('an agent that died', () => {
  test('while a guest ran: it is found as it is', async () => {
    const id = await start();
    const before = await driver.list();
    await killed();
    expect(await driver.list()).toEqual(before);
    await driver.pause(id);
    expect((await driver.status(id))?.state).toBe('paused');
  });

  test('in the middle of a start: whatever stands is swept away', async () => {
    const id = await start(true);
    setPhase(id, 'starting');
    await killed();
    expect(await driver.list()).toEqual([]);
    expect(xen.domains.size).toBe(0);
    expect(leftOf(id)).toEqual([]);
  });

  test.each([true, false])('in the middle of a reboot, the old domain there: %s: the guest comes up', async isThere => {
    const id = await start();
    const before = xen.byUuid(id)?.domid ?? 0;
    setPhase(id, 'restarting');
    if (!isThere) xen.end(before);
    await killed();
    expect(await driver.list()).toMatchObject([{ id, state: 'running' }]);
    expect(xen.byUuid(id)?.domid).not.toBe(before);
    expect(handleOf(id).phase).toBe('living');
  });

  test('in the middle of a suspension, memory saved: the guest comes back from it', async () => {
    const id = await start();
    setPhase(id, 'suspending');
    xen.files.set(`${stateDir}/guests/${id}/memory`, 'memory');
    xen.end(xen.byUuid(id)?.domid ?? 0);
    await killed();
    expect(await driver.list()).toMatchObject([{ id, state: 'running' }]);
    expect(xen.calls.some(call => call.startsWith('restore'))).toBe(true);
  });

  test('in the middle of a suspension, memory not saved: the guest runs on', async () => {
    const id = await start();
    setPhase(id, 'suspending');
    await killed();
    expect(await driver.list()).toMatchObject([{ id, state: 'running' }]);
    await driver.pause(id);
    expect((await driver.status(id))?.state).toBe('paused');
  });

  test('in the middle of a suspension that xl goes on with: the guest comes back when xl has ended it', async () => {
    const id = await start();
    setPhase(id, 'suspending');
    await killed();
    await driver.list();
    const domid = xen.byUuid(id)?.domid ?? 0;
    xen.files.set(`${stateDir}/guests/${id}/memory`, 'memory');
    xen.end(domid);
    await until(() => xen.byUuid(id)?.pauses === 0);
    expect(handleOf(id).phase).toBe('living');
    expect(await driver.list()).toMatchObject([{ id, state: 'running' }]);
    expect(leftOf(id).filter(path => path.endsWith('/memory'))).toEqual([]);
    expect(events.filter(event => event.kind === 'gone')).toEqual([]);
  });

  test('and meanwhile guests powered off and rebooted: the one is gone, the other comes up', async () => {
    const [off, again] = [await start(), await start()];
    await driver.close();
    xen.guestStops(off, 0);
    xen.guestStops(again, 1);
    await killed();
    expect(await driver.list()).toMatchObject([{ id: again, state: 'running' }]);
    expect(events).toContainEqual({ kind: 'gone', id: off, reason: 'shutdown' });
    expect(events).toContainEqual({ kind: 'rebooted', id: again });
  });

  test('and the host was started anew: no guest, no traces', async () => {
    const id = await start();
    xen.end(xen.byUuid(id)?.domid ?? 0);
    await killed();
    expect(await driver.list()).toEqual([]);
    expect(leftOf(id)).toEqual([]);
  });
});

describe('memory in a file', () => {
  test('a suspended guest is gone with all its traces, and comes back', async () => {
    const made = spec();
    await driver.start(made, { paused: false, signal: soon() });
    await driver.suspend(made.id, image, { signal: soon() });
    expect(await driver.list()).toEqual([]);
    expect(leftOf(made.id)).toEqual([]);
    expect(events).toEqual([{ kind: 'gone', id: made.id, reason: 'destroyed' }]);
  });

  test('when the memory cannot be written the guest runs on', async () => {
    const id = await start();
    xen.before = command => {
      if (command === 'save') throw new ToolError('xl', 1, 'No space left on device');
    };
    await expect(driver.suspend(id, image, { signal: soon() })).rejects.toMatchObject({ kind: 'no-space' });
    expect(await driver.list()).toMatchObject([{ id, state: 'running' }]);
    expect(handleOf(id).phase).toBe('living');
  });
});

test('the connection to the store is lost: it is made again, and what happened meanwhile is found', async () => {
  const id = await start();
  xen.cutStore();
  const domain = xen.byUuid(id);
  if (domain !== undefined) domain.shutdown = 0;
  await until(() => events.length > 0);
  expect(events).toEqual([{ kind: 'gone', id, reason: 'shutdown' }]);
});

describe('what guests say of themselves', () => {
  const metricsOf = (id: string): (() => number) => {
    let count = 0;
    driver.onEvent(event => {
      if (event.id === id && event.kind === 'metrics') count += 1;
    });
    return () => count;
  };

  test('is read, and told when it changes, also after the connection to the store was lost', async () => {
    const id = await start();
    const domid = xen.byUuid(id)?.domid ?? 0;
    const count = metricsOf(id);
    expect(await driver.guestMetrics(id)).toBeUndefined();
    xen.store.set(`/local/domain/${domid}/attr/PVAddons/MajorVersion`, '7');
    xen.store.set(`/local/domain/${domid}/data/os_name`, 'Some Linux');
    await until(() => count() > 0);
    expect(await driver.guestMetrics(id)).toEqual({ agentVersion: '7', osVersion: { name: 'Some Linux' }, networks: {} });
    xen.cutStore();
    const before = count();
    await until(() => count() > before);
  });

  test('may be endless: it is told at most every few seconds', async () => {
    const id = await start();
    const domid = xen.byUuid(id)?.domid ?? 0;
    const count = metricsOf(id);
    const watchesBefore = xen.store.requests;
    for (let i = 0; i < 5_000; i++) {
      xen.store.set(`/local/domain/${domid}/data/flood`, String(i));
      if (i % 100 === 0) await driver.status(id);
    }
    expect(count()).toBeLessThanOrEqual(2);
    expect(xen.store.requests - watchesBefore).toBeLessThan(20);
  });
});

test('an empty drive of a guest that has no drives holds nothing; another disk is not known', async () => {
  const made = spec();
  const disks = [{ id: 'cd', userdevice: '3', kind: 'cd', readOnly: true, bootable: false }] as const;
  await driver.start({ ...made, disks }, { paused: false, signal: soon() });
  expect(await driver.activeLayer(made.id, 'cd')).toBeUndefined();
  await expect(driver.activeLayer(made.id, 'nobody')).rejects.toMatchObject({ kind: 'not-found' });
});

describe('an image that another domain has open', () => {
  const open = (mode: 'r' | 'w', readOnly: boolean): Promise<unknown> => {
    const domid = xen.addForeign('by-hand', randomUUID());
    xen.store.set(`/local/domain/${domid}`, '');
    xen.store.set(`/local/domain/${domid}/name`, 'by-hand');
    xen.store.set(`/local/domain/0/backend/qdisk/${domid}/51712/params`, 'aio:/sr/shared.iso');
    xen.store.set(`/local/domain/0/backend/qdisk/${domid}/51712/mode`, mode);
    const source = { format: 'raw', path: '/sr/shared.iso', sizeBytes: MIB, chain: [] } as const;
    const disk = { id: randomUUID(), userdevice: '0', kind: 'disk', readOnly, bootable: true, source } as const;
    return driver.start({ ...spec(), domainType: 'pv', disks: [disk] }, { paused: false, signal: soon() });
  };

  test.each([
    ['w', false],
    ['w', true],
    ['r', false],
  ] as const)('open there as %s, read-only here: %s: refused, and it says by whom', async (mode, readOnly) => {
    await expect(open(mode, readOnly)).rejects.toMatchObject({ kind: 'in-use', message: expect.stringContaining('by-hand') });
    expect(xen.domains.size).toBe(1);
    expect(await driver.list()).toEqual([]);
  });

  test('both only read: it starts', async () => {
    await open('r', true);
    expect(await driver.list()).toHaveLength(1);
  });

  test('what a domain that is gone left behind hinders nobody', async () => {
    xen.store.set('/local/domain/0/backend/qdisk/99/51712/params', 'aio:/sr/shared.iso');
    await open('r', true);
    expect(await driver.list()).toHaveLength(1);
  });
});
