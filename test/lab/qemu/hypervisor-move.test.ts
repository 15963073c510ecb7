// Moving a guest that counts on its disk, on real QEMU: what it wrote is all there, whatever breaks on the way.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestSpec, HypervisorDriver, MigrationTls } from '../../../src/drivers/hypervisor.ts';
import type { VolumeSource } from '../../../src/drivers/storage.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { makeProxy, type Proxy } from '../support/proxy.ts';
import { makeQemuWorld, type QemuWorld } from '../support/qemu-world.ts';

const MIB = 1 << 20;
const soon = (): AbortSignal => AbortSignal.timeout(90_000);

let world: QemuWorld;
let proxies: Proxy[];

beforeEach(async () => {
  world = await makeQemuWorld();
  proxies = [];
});
afterEach(async () => {
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const specOn = (id: string, source: VolumeSource): GuestSpec => ({
  id,
  name: 'counter',
  vcpusAtStartup: 1,
  vcpusMax: 1,
  memoryStaticMaxBytes: 128 * MIB,
  memoryTargetBytes: 128 * MIB,
  boot: world.boot,
  platform: {},
  disks: [{ id: 'disk', userdevice: '0', kind: 'disk', readOnly: false, bootable: true, source }],
  nics: [],
});

const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'success',
    (error: unknown) => {
      if (process.env['HVDEBUG']) console.error(error);
      return (error as { kind?: string }).kind ?? error;
    },
  );

/** The last number the guest said it had written. */
const lastCount = async (side: 'here' | 'there', id: string): Promise<number> => {
  const counts = [...(await world.printed(side, id)).matchAll(/COUNT (\d+) [\d.]+\r?\n/g)];
  return Number(counts.at(-1)?.[1] ?? 0);
};

const untilCount = async (side: 'here' | 'there', id: string, count: number): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while ((await lastCount(side, id)) < count) {
    if (Date.now() > deadline) throw new Error(`the guest has not counted to ${count}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
};

/** Every record up to the last one the guest spoke of is on the disk, once. */
const expectWhole = async (volume: VolumeSource, spoken: number): Promise<void> => {
  const report = await world.records(volume);
  expect(report).toMatchObject({ ok: true, first: 1, missing: [], duplicate: [], torn: [] });
  expect(report.last).toBeGreaterThanOrEqual(spoken);
  execFileSync('qemu-img', ['check', '-q', volume.path]);
};

const startCounting = async (): Promise<{ readonly id: string; readonly source: VolumeSource }> => {
  const id = randomUUID();
  const source = await world.volume();
  await world.here.start(specOn(id, source), { paused: false, signal: soon() });
  await world.booted(world.here, id);
  await untilCount('here', id, 20);
  return { id, source };
};

/** A volume on which a mirror has something to do. */
const fill = (volume: VolumeSource, mib: number): void => {
  execFileSync('qemu-io', ['-c', `write -P 7 128M ${mib}M`, volume.path], { stdio: 'ignore' });
};

const receive = async (id: string, target: VolumeSource, tls?: MigrationTls): Promise<JsonObject> =>
  world.there.migration.receive(specOn(id, target), { address: '127.0.0.1', compression: false, ...(tls && { tls }) });

/** The ticket with a link in between that a test can break. */
const throughProxies = async (
  ticket: JsonObject,
): Promise<{ readonly ticket: JsonObject; readonly disks: Proxy; readonly memory: Proxy }> => {
  const endpoint = (name: string) => ticket[name] as { readonly host: string; readonly port: number };
  const [disks, memory] = [await makeProxy(endpoint('nbd')), await makeProxy(endpoint('memory'))];
  proxies.push(disks, memory);
  const at = (proxy: Proxy) => ({ host: '127.0.0.1', port: proxy.port });
  return { ticket: { ...ticket, nbd: at(disks), memory: at(memory) }, disks, memory };
};

const plain = (): { readonly compression: boolean; readonly signal: AbortSignal } => ({ compression: false, signal: soon() });

const finish = async (id: string, ticket: JsonObject, options = plain()): Promise<void> => {
  const received = world.there.migration.received(id, options);
  await world.here.migration.handOver(id, ticket, options);
  await received;
  await world.there.migration.activate(id, { paused: false });
};

const expectRunningHere = async (id: string, source: VolumeSource): Promise<void> => {
  expect((await world.here.status(id))?.state).toBe('running');
  const before = await lastCount('here', id);
  await untilCount('here', id, before + 10);
  const spoken = await lastCount('here', id);
  await world.there.destroy(id);
  await world.here.shutdown(id, { signal: soon() });
  await expectWhole(source, spoken);
};

test('frozen layers go first, then only what was written since', async () => {
  const { id, source } = await startCounting();
  const overlay = await world.volume(source);
  await world.here.freeze(id, [{ diskId: 'disk', overlay }]);
  const base = await world.copy(source);
  const target = await world.volume(base);
  const ticket = await receive(id, target);
  await world.here.migration.sendDisks(id, ticket, { ...plain(), sync: 'top' });
  await world.here.migration.sendMemory(id, ticket, plain());
  const spokenHere = await lastCount('here', id);
  await finish(id, ticket);
  await world.here.destroy(id);
  await untilCount('there', id, spokenHere + 10);
  const spoken = await lastCount('there', id);
  expect(await world.printed('there', id)).not.toContain('Tiny Linux');
  await world.there.shutdown(id, { signal: soon() });
  await expectWhole(target, spoken);
});

describe('the link falls silent', () => {
  test('while disks are connected', async () => {
    const { id, source } = await startCounting();
    const link = await throughProxies(await receive(id, await world.volume()));
    link.disks.silence();
    expect(await failure(world.here.migration.sendDisks(id, link.ticket, { ...plain(), sync: 'full' }))).toBe('unreachable');
    await expectRunningHere(id, source);
  });

  test('while disks are copied', async () => {
    const { id, source } = await startCountingOnFilled();
    const link = await throughProxies(await receive(id, await world.volume()));
    const options = { ...plain(), sync: 'full', bandwidthBytesPerSecond: 8 * MIB, onProgress: () => link.disks.silence() } as const;
    expect(await failure(world.here.migration.sendDisks(id, link.ticket, options))).toBe('unreachable');
    await expectRunningHere(id, source);
  });

  test('when disks are in step and memory shall go', async () => {
    const { id, source } = await startCounting();
    const link = await throughProxies(await receive(id, await world.volume()));
    await world.here.migration.sendDisks(id, link.ticket, { ...plain(), sync: 'full' });
    link.disks.silence();
    link.memory.silence();
    expect(await failure(world.here.migration.sendMemory(id, link.ticket, plain()))).toBe('unreachable');
    await world.here.migration.cancel(id, { resume: true });
    await expectRunningHere(id, source);
  });

  test('while memory goes', async () => {
    const { id, source } = await startCounting();
    const link = await throughProxies(await receive(id, await world.volume()));
    await world.here.migration.sendDisks(id, link.ticket, { ...plain(), sync: 'full' });
    const options = { ...plain(), bandwidthBytesPerSecond: 8 * MIB, onProgress: () => link.memory.silence() };
    expect(await failure(world.here.migration.sendMemory(id, link.ticket, options))).toBe('unreachable');
    await world.here.migration.cancel(id, { resume: true });
    await expectRunningHere(id, source);
  });

  test('when the guest is stopped: hand-over fails, cancel takes it back', async () => {
    const { id, source } = await startCounting();
    const link = await throughProxies(await receive(id, await world.volume()));
    await world.here.migration.sendDisks(id, link.ticket, { ...plain(), sync: 'full' });
    await world.here.migration.sendMemory(id, link.ticket, plain());
    link.disks.silence();
    link.memory.silence();
    expect(await failure(world.here.migration.handOver(id, link.ticket, plain()))).toBe('unreachable');
    await world.here.migration.cancel(id, { resume: true });
    await expectRunningHere(id, source);
  });

  test('and cancel alone, in any state, brings the guest back at once', async () => {
    const { id, source } = await startCounting();
    const link = await throughProxies(await receive(id, await world.volume()));
    await world.here.migration.sendDisks(id, link.ticket, { ...plain(), sync: 'full' });
    await world.here.migration.sendMemory(id, link.ticket, plain());
    link.disks.silence();
    link.memory.silence();
    await world.here.migration.cancel(id, { resume: true });
    await expectRunningHere(id, source);
  });
});

test.each(['sendDisks', 'sendMemory'] as const)('the link breaks after %s', async point => {
  const { id, source } = await startCounting();
  const link = await throughProxies(await receive(id, await world.volume()));
  await world.here.migration.sendDisks(id, link.ticket, { ...plain(), sync: 'full' });
  if (point === 'sendMemory') await world.here.migration.sendMemory(id, link.ticket, plain());
  link.disks.cut();
  link.memory.cut();
  const next =
    point === 'sendDisks'
      ? world.here.migration.sendMemory(id, link.ticket, plain())
      : world.here.migration.handOver(id, link.ticket, plain());
  expect(await failure(next)).toBe('unreachable');
  await world.here.migration.cancel(id, { resume: true });
  await expectRunningHere(id, source);
});

test('a destination without room says so, and the guest runs on', async () => {
  const { id, source } = await startCountingOnFilled();
  const small = join(world.directory, 'small');
  mkdirSync(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', small]);
  try {
    const empty = await world.volume();
    const target = { ...empty, path: join(small, 'disk.qcow2') };
    copyFileSync(empty.path, target.path);
    const ticket = await receive(id, target);
    expect(await failure(world.here.migration.sendDisks(id, ticket, { ...plain(), sync: 'full' }))).toBe('no-space');
    await expectRunningHere(id, source);
  } finally {
    await world.there.destroy(id);
    execFileSync('umount', [small]);
  }
});

test.each(['sendDisks', 'sendMemory', 'handOver'] as const)(
  'the conductor is killed after %s: another takes the guest back',
  async until => {
    const { id, source } = await startCounting();
    const ticket = await receive(id, await world.volume());
    await world.here.close();
    const conductor = spawn(process.execPath, [join(import.meta.dirname, '../support/conductor.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    conductor.stdin.end(JSON.stringify({ stateDir: join(world.directory, 'here'), id, ticket, until }));
    await once(conductor.stdout, 'data');
    conductor.kill('SIGKILL');
    await once(conductor, 'exit');
    const again: HypervisorDriver = await world.reopenHere();
    expect((await again.list()).map(guest => guest.id)).toEqual([id]);
    await again.migration.cancel(id, { resume: true });
    expect((await again.status(id))?.state).toBe('running');
    const before = await lastCount('here', id);
    await untilCount('here', id, before + 10);
    const spoken = await lastCount('here', id);
    await world.there.destroy(id);
    await again.shutdown(id, { signal: soon() });
    await expectWhole(source, spoken);
  },
);

describe('encrypted', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync('/tmp/xl-tls-');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A small authority and one certificate of it, for this name. */
  const authority = (name: string): { readonly ca: string; readonly cert: string; readonly key: string } => {
    const at = (file: string): string => join(folder, `${name}-${file}`);
    const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name} authority`, '-keyout', at('ca.key'), '-out', at('ca.pem'));
    openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', at('key'), '-out', at('csr'));
    writeFileSync(at('ext'), `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=critical,CA:false\n`);
    openssl(
      'x509',
      '-req',
      '-in',
      at('csr'),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      at('ext'),
      '-out',
      at('pem'),
    );
    return { ca: readFileSync(at('ca.pem'), 'utf8'), cert: readFileSync(at('pem'), 'utf8'), key: readFileSync(at('key'), 'utf8') };
  };

  const pair = (): { readonly here: MigrationTls; readonly there: MigrationTls } => {
    const [source, target] = [authority('source'), authority('target')];
    return {
      here: { caPem: target.ca, certPem: source.cert, keyPem: source.key, peerName: 'target' },
      there: { caPem: source.ca, certPem: target.cert, keyPem: target.key, peerName: 'source' },
    };
  };

  test.each([false, true])('with TLS (compressed: %s) all goes and no key is left on disk', async compression => {
    const { id } = await startCounting();
    const tls = pair();
    const target = await world.volume();
    const ticket = await world.there.migration.receive(specOn(id, target), { address: '127.0.0.1', compression, tls: tls.there });
    const link = await throughProxies(ticket);
    const options = { compression, tls: tls.here, signal: soon() };
    await world.here.migration.sendDisks(id, link.ticket, { ...options, sync: 'full' });
    await world.here.migration.sendMemory(id, link.ticket, options);
    await finish(id, link.ticket, options);
    await world.here.destroy(id);
    const search = spawnSync('grep', ['-rlI', '--exclude=*.qcow2', 'PRIVATE KEY', world.directory], { encoding: 'utf8' });
    expect(search).toMatchObject({ status: 1, stdout: '' });
    await untilCount('there', id, 30);
    const spoken = await lastCount('there', id);
    await world.there.shutdown(id, { signal: soon() });
    await expectWhole(target, spoken);
  });

  const wrongs: readonly (readonly [string, (tls: MigrationTls, other: MigrationTls) => MigrationTls])[] = [
    ['of another authority', (tls, other) => ({ ...tls, caPem: other.caPem })],
    ['with another name', tls => ({ ...tls, peerName: 'somebody-else' })],
    ['that the destination does not trust', (tls, other) => ({ ...other, caPem: tls.caPem, peerName: tls.peerName })],
  ];
  test.each(wrongs)('a certificate %s is refused and nothing is sent', async (_name, spoil) => {
    const { id, source } = await startCounting();
    const tls = pair();
    const other = { ...pair().here };
    const ticket = await receive(id, await world.volume(), tls.there);
    const options = { ...plain(), tls: spoil(tls.here, other), sync: 'full' } as const;
    expect(await failure(world.here.migration.sendDisks(id, ticket, options))).toBe('unreachable');
    await expectRunningHere(id, source);
  });
});

const startCountingOnFilled = async (): Promise<{ readonly id: string; readonly source: VolumeSource }> => {
  const id = randomUUID();
  const source = await world.volume();
  fill(source, 64);
  await world.here.start(specOn(id, source), { paused: false, signal: soon() });
  await world.booted(world.here, id);
  await untilCount('here', id, 20);
  return { id, source };
};
