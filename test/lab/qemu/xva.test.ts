// A guest as a file, with real disks: it goes out halted, comes back and counts on where it stopped; an import that is killed leaves nothing.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { upload } from '../../../src/client/files.ts';
import { listen } from '../../../tools/tour/console.ts';
import { labHost, type LabHost, processesOf } from '../support/hosts.ts';
import { eventually, readCounter } from '../support/migrations.ts';

const MIB = 1024 ** 2;

let lab: LabHost;
let vm: string;
const folder = mkdtempSync(join(tmpdir(), 'xcp-xva-lab-'));
const file = (name: string): string => join(folder, name);

const counted = async (uuid: string, after: number): Promise<number> => {
  const console = listen(lab.host.server, uuid);
  try {
    return (await console.next(after, 90_000)).number;
  } finally {
    console.stop();
  }
};

beforeAll(async () => {
  lab = await labHost('xva');
  vm = await lab.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=counting');
  await lab.xcp('vm-param-set', `uuid=${vm}`, 'PV-args=console=ttyS0 quiet xcp.counter=vda xcp.counter.pause=0.05');
  await lab.xcp('vm-start', `uuid=${vm}`);
  await counted(vm, 5);
  await lab.xcp('vm-shutdown', `uuid=${vm}`, '--force');
}, 120_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const inSr = (): readonly string[] => readdirSync(join(lab.host.folder, 'sr')).toSorted();

test.each(['false', 'gzip', 'zstd'])(
  'out and in again (compress=%s): the disk holds every record, and the guest goes on',
  async compress => {
    const before = await readCounter(lab, vm);
    expect(before).toMatchObject({ ok: true });
    const name = file(`guest-${compress}.xva`);
    await lab.xcp('vm-export', `uuid=${vm}`, `filename=${name}`, `compress=${compress}`);
    const made = await lab.xcp('vm-import', `filename=${name}`);
    expect(await readCounter(lab, made)).toEqual(before);
    await lab.xcp('vm-start', `uuid=${made}`);
    expect(await counted(made, before.last)).toBeGreaterThan(before.last);
    await lab.xcp('vm-uninstall', `uuid=${made}`, '--force');
  },
  180_000,
);

test('what is empty on the disk takes no room in the file', () => {
  expect(statSync(file('guest-false.xva')).size).toBeLessThan(16 * MIB);
  expect(statSync(file('guest-zstd.xva')).size).toBeLessThan(statSync(file('guest-false.xva')).size / 4);
});

test('lost and restored, it is the same VM', async () => {
  const before = await readCounter(lab, vm);
  const name = file('restore.xva');
  await lab.xcp('vm-export', `uuid=${vm}`, `filename=${name}`);
  const mac = await lab.xcp('vif-list', `vm-uuid=${vm}`, 'params=MAC', '--minimal');
  await lab.xcp('vm-uninstall', `uuid=${vm}`, '--force');
  expect(inSr()).toEqual(['sr.json']);
  expect(await lab.xcp('vm-import', `filename=${name}`, 'preserve=true')).toBe(vm);
  expect(await readCounter(lab, vm)).toEqual(before);
  expect(await lab.xcp('vif-list', `vm-uuid=${vm}`, 'params=MAC', '--minimal')).toBe(mac);
}, 120_000);

test('an import that is killed in its middle leaves no volume, no file and no process', async () => {
  const archive = readFileSync(file('guest-false.xva'));
  const before = inSr();
  const vms = await lab.xcp('vm-list', 'params=uuid', '--minimal');
  const go = Promise.withResolvers<void>();
  async function* half(): AsyncGenerator<Buffer> {
    yield archive.subarray(0, archive.length - 5 * 512);
    await go.promise;
  }
  const address = { kind: 'unix', path: lab.host.server.slice('unix:'.length) } as const;
  const sent = upload({ address, path: '/import' }, half(), undefined).catch((error: unknown) => error);
  await eventually(
    async () => inSr().length,
    count => count > before.length,
  );
  // Nobody sees what is under way.
  const sr = await lab.xcp('sr-list', 'type=file', '--minimal');
  await lab.xcp('sr-scan', `uuid=${sr}`);
  expect(await lab.xcp('vdi-list', `sr-uuid=${sr}`, 'params=uuid', '--minimal')).toBe(
    await lab.xcp('vbd-list', 'type=Disk', 'params=vdi-uuid', '--minimal'),
  );
  await lab.restart('SIGKILL');
  go.resolve();
  await sent;
  expect(
    await eventually(
      async () => inSr(),
      found => found.length === before.length,
    ),
  ).toEqual(before);
  expect(await lab.xcp('vm-list', 'params=uuid', '--minimal')).toBe(vms);
  expect(processesOf(lab.host.folder)).toEqual([lab.host.pid]);
}, 120_000);
