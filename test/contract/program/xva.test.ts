// VMs as files, through the program, on a simulated host: what goes out comes in again with its disks and devices; what is no whole file leaves
// nothing behind, whenever it breaks.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { download, upload } from '../../../src/client/files.ts';
import { login, type Session } from '../../../src/client/session.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import type { RecordOf } from '../../../src/model/index.ts';
import { HttpTransport } from '../../../src/client/transport.ts';
import { parseValue } from '../../../src/wire/xmlrpc.ts';
import { TarReader } from '../../../src/wire/tar-reader.ts';
import { type Outcome, runProgram, type SimulatedHost, startSimulatedHost } from '../../support/program.ts';

const MIB = 1024 ** 2;
const MAC = '02:11:22:33:44:55';

let folder: string;
let host: SimulatedHost;
let vm: string;

const xcp = (...args: readonly string[]): Promise<Outcome> =>
  runProgram(args, { env: { XCP_SERVER: host.server, HOME: folder }, cwd: folder, timeoutMs: 60_000 });

const good = async (...args: readonly string[]): Promise<string> => {
  const said = await xcp(...args);
  expect([args, said.stderr, said.exit]).toEqual([args, '', 0]);
  return said.stdout.trim();
};

/** What the host has, asked without the program: there is much to ask. */
const ask = async <T>(what: (session: Session) => Promise<T>): Promise<T> => {
  await using session = await login(new HttpTransport(address()), { userName: 'root', password: '' });
  return await what(session);
};
const address = () => ({ kind: 'unix', path: host.server.slice('unix:'.length) }) as const;

const vmRecord = (uuid: string): Promise<RecordOf<'VM'>> =>
  ask(async session => await session.call('VM.get_record', { self: await session.call('VM.get_by_uuid', { uuid }) }));
const vifOf = (uuid: string): Promise<RecordOf<'VIF'> & { readonly networkName: string }> =>
  ask(async session => {
    const [self] = await session.call('VM.get_VIFs', { self: await session.call('VM.get_by_uuid', { uuid }) });
    if (self === undefined) throw new Error('the VM has no interface');
    const record = await session.call('VIF.get_record', { self });
    return { ...record, networkName: await session.call('network.get_name_label', { self: record.network }) };
  });

/** The objects that there are, by their uuids. */
const inventory = (): Promise<Record<string, readonly string[]>> =>
  ask(async session => {
    const of = (records: Readonly<Record<string, { readonly uuid: string }>>): readonly string[] =>
      Object.values(records)
        .map(record => record.uuid)
        .toSorted();
    return {
      vms: of(await session.call('VM.get_all_records', {})),
      vdis: of(await session.call('VDI.get_all_records', {})),
      vbds: of(await session.call('VBD.get_all_records', {})),
      vifs: of(await session.call('VIF.get_all_records', {})),
      networks: of(await session.call('network.get_all_records', {})),
    };
  });

const scanAll = (): Promise<void> =>
  ask(async session => {
    for (const [sr, record] of Object.entries(await session.call('SR.get_all_records', {})))
      if (record.type === 'file') await session.call('SR.scan', { sr: sr as Ref<'SR'> });
  });

const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const contentOf = async (vdi: string): Promise<string> => {
  const hash = createHash('sha256');
  const { body } = await download({ address: address(), path: `/export_raw_vdi?vdi=${vdi}&format=raw` });
  for await (const piece of body) hash.update(piece);
  return hash.digest('hex');
};

const disksOf = (uuid: string): Promise<readonly RecordOf<'VDI'>[]> =>
  ask(async session => {
    const vbds = await session.call('VM.get_VBDs', { self: await session.call('VM.get_by_uuid', { uuid }) });
    const records = await Promise.all(vbds.map(self => session.call('VBD.get_record', { self })));
    return await Promise.all(records.filter(vbd => vbd.type === 'Disk').map(vbd => session.call('VDI.get_record', { self: vbd.VDI })));
  });
const contents = async (uuid: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const vdi of await disksOf(uuid)) found.push(await contentOf(vdi.uuid));
  return found.toSorted();
};

const disk = (): Buffer => {
  const bytes = Buffer.alloc(4 * MIB);
  bytes.write('at the start', 0);
  bytes.write('in the middle', 2 * MIB + 12345);
  return bytes;
};

const made = (name: string): Promise<string> =>
  ask(async session => {
    const [template] = await session.call('VM.get_by_name_label', { label: 'Other install media' });
    const [SR] = await session.call('SR.get_by_name_label', { label: 'Local storage' });
    const [network] = await session.call('network.get_by_name_label', { label: 'lan' });
    if (template === undefined || SR === undefined || network === undefined) throw new Error('the host lacks something');
    const self = await session.call('VM.clone', { vm: template, new_name: name });
    await session.call('VM.remove_from_other_config', { self, key: 'disks' });
    await session.call('VM.provision', { vm: self });
    for (const [device, size] of [
      ['0', 4 * MIB],
      ['1', 3 * MIB],
    ] as const) {
      const content = { name_label: `${name} ${device}`, name_description: '', virtual_size: size, type: 'user' } as const;
      const VDI = await session.call('VDI.create', { args: { SR, ...content, sharable: false, read_only: false, other_config: {} } });
      const place = { userdevice: device, bootable: false, mode: 'RW', type: 'Disk', empty: false } as const;
      const qos = { other_config: {}, qos_algorithm_type: '', qos_algorithm_params: {} };
      await session.call('VBD.create', { args: { VM: self, VDI, ...place, ...qos } });
      if (device === '0') await upload({ address: address(), path: `/import_raw_vdi?vdi=${VDI}` }, once(disk()), 4 * MIB);
    }
    const qos = { other_config: {}, qos_algorithm_type: '', qos_algorithm_params: {} };
    await session.call('VIF.create', { args: { VM: self, network, device: '0', MAC, MTU: 1500, ...qos } });
    await session.call('VM.add_to_other_config', { self, key: 'colour', value: 'blue' });
    await session.call('VM.set_name_description', { self, value: 'as it was' });
    return await session.call('VM.get_uuid', { self });
  });

const known = sum(disk());

const exported = async (name: string, ...more: readonly string[]): Promise<Buffer> => {
  await rm(join(folder, name), { force: true });
  expect(await good('vm-export', `uuid=${vm}`, `filename=${name}`, ...more)).toBe('Export succeeded');
  return await readFile(join(folder, name));
};

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-xva-'));
  host = await startSimulatedHost(folder);
  await good('network-create', 'name-label=lan');
  vm = await made('one');
}, 60_000);
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const uninstalled = (uuid: string): Promise<string> => good('vm-uninstall', `uuid=${uuid}`, '--force');

describe('a VM goes out and comes in', () => {
  test.each([
    [[], (bytes: Buffer) => bytes],
    [['compress=true'], gunzipSync],
    [['compress=gzip'], gunzipSync],
    [['compress=zstd'], zstdDecompressSync],
  ])(
    'with its disks and devices (%j)',
    async (options, unpack) => {
      const bytes = unpack(await exported('out.xva', ...options));
      expect(bytes.toString('latin1', 0, 7)).toBe('ova.xml');
      const made = await good('vm-import', 'filename=out.xva');
      expect(made).toMatch(/^[0-9a-f-]{36}$/);
      expect(made).not.toBe(vm);
      const record = await vmRecord(made);
      expect(record).toMatchObject({ name_label: 'one', name_description: 'as it was', power_state: 'Halted' });
      expect(record.other_config['colour']).toBe('blue');
      expect(record.other_config['mac_seed']).not.toBe((await vmRecord(vm)).other_config['mac_seed']);
      expect(await contents(made)).toEqual(await contents(vm));
      expect(await contents(made)).toContain(known);
      const vif = await vifOf(made);
      expect([vif.networkName, vif.MAC === MAC]).toEqual(['lan', false]);
      await uninstalled(made);
    },
    60_000,
  );

  test('through stdout and stdin, to another storage repository', async () => {
    const sr = await good('sr-create', 'name-label=other shelf', 'type=file', `device-config:location=${join(folder, 'other')}`);
    const archive = await exported('out.xva');
    const streamed = await runProgram(['vm-export', `uuid=${vm}`, 'filename='], {
      env: { XCP_SERVER: host.server, HOME: folder },
      timeoutMs: 60_000,
    });
    expect(streamed.exit).toBe(0);
    expect(streamed.stdout.startsWith('ova.xml')).toBe(true);
    await using session = await login(new HttpTransport({ kind: 'unix', path: host.server.slice('unix:'.length) }), {
      userName: 'root',
      password: '',
    });
    const task = await session.call('task.create', { label: 'in', description: '' });
    const path = `/import?session_id=${session.ref}&task_id=${task}&sr_uuid=${sr}`;
    await upload({ address: { kind: 'unix', path: host.server.slice('unix:'.length) }, path }, once(archive), undefined);
    while ((await session.call('task.get_status', { self: task })) === 'pending') await sleep(10);
    const [ref] = Object(parseValue(await session.call('task.get_result', { self: task })));
    const made = await session.call('VM.get_uuid', { self: ref });
    const place = await session.call('SR.get_by_uuid', { uuid: sr });
    expect((await disksOf(made)).map(vdi => vdi.SR)).toEqual([place, place]);
    await uninstalled(made);
  }, 60_000);

  test('from an address, as far as there is one', async () => {
    const bytes = await exported('out.xva');
    const server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/out.xva?token=secret' }).end();
      else if (request.url?.startsWith('/out.xva') === true) response.end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready));
    try {
      const at = server.address();
      const base = `http://user:secret@127.0.0.1:${typeof at === 'object' ? at?.port : 0}`;
      const made = await good('vm-import', `url=${base}/moved`);
      expect(await contents(made)).toEqual(await contents(vm));
      await uninstalled(made);
      for (const [url, words] of [
        [`${base}/other`, /answers 404/],
        ['http://127.0.0.1:1/', /ECONNREFUSED/],
        ['file:///etc/passwd', /http:\/\/ or https/],
      ] as const) {
        const said = await xcp('vm-import', `url=${url}`);
        expect([said.exit, said.stdout]).toEqual([1, '']);
        expect(said.stderr).toMatch(words);
        expect(said.stderr).not.toContain('secret');
      }
    } finally {
      server.close();
    }
  }, 60_000);

  test('as itself, when it was lost or is older', async () => {
    await exported('out.xva');
    const before = await inventory();
    const refused = await xcp('vm-import', 'filename=out.xva', 'preserve=true');
    expect(refused.exit).toBe(1);
    const { version } = await vmRecord(vm);
    expect(refused.stderr).toContain(`existing_version: ${version}\nversion_to_import: ${version}\n`);
    expect(await inventory()).toEqual(before);
    expect(await good('vm-import', 'filename=out.xva', 'preserve=true', 'force=true')).toBe(vm);
    expect((await vmRecord(vm)).version).toBe(version + 1);
    await uninstalled(vm);
    expect(await good('vm-import', 'filename=out.xva', 'preserve=true')).toBe(vm);
    const vif = await vifOf(vm);
    expect(before['vifs']).toContain(vif.uuid);
    expect(vif.MAC).toBe(MAC);
    expect(await contents(vm)).toContain(known);
  }, 60_000);

  test('to the network of the same bridge, where none has the name', async () => {
    await exported('out.xva');
    await good('network-param-set', `uuid=${await good('network-list', 'name-label=lan', '--minimal')}`, 'name-label=renamed');
    const found = await good('vm-import', 'filename=out.xva');
    expect((await vifOf(found)).networkName).toBe('renamed');
    await good('network-param-set', `uuid=${await good('network-list', 'name-label=renamed', '--minimal')}`, 'name-label=lan');
    await uninstalled(found);
  }, 60_000);

  test('to a network that has to be made', async () => {
    const text = (await exported('out.xva')).toString('latin1');
    const bridge = await good('network-list', 'name-label=lan', 'params=bridge', '--minimal');
    const elsewhere = text.replace('<name>name_label</name><value>lan</value>', '<name>name_label</name><value>WAN</value>');
    await writeFile(
      join(folder, 'elsewhere.xva'),
      Buffer.from(elsewhere.replace(`<value>${bridge}</value>`, '<value>xapi9</value>'), 'latin1'),
    );
    const made = await good('vm-import', 'filename=elsewhere.xva');
    expect((await vifOf(made)).networkName).toBe('WAN');
    await uninstalled(made);
    await good('network-destroy', `uuid=${await good('network-list', 'name-label=WAN', '--minimal')}`);
  }, 60_000);

  test('suspended, with its memory, where that is asked for', async () => {
    await good('vm-start', `uuid=${vm}`);
    const refused = await xcp('vm-export', `uuid=${vm}`, 'filename=running.xva');
    expect([refused.exit, /expected: halted, suspended\nactual: running/.test(refused.stderr)]).toEqual([1, true]);
    await exported('out.xva', 'metadata=true');
    await good('vm-suspend', `uuid=${vm}`);
    await exported('halted.xva');
    await exported('suspended.xva', 'preserve-power-state=true');
    const halted = await good('vm-import', 'filename=halted.xva');
    expect(await vmRecord(halted)).toMatchObject({ power_state: 'Halted', suspend_VDI: 'OpaqueRef:NULL' });
    const suspended = await good('vm-import', 'filename=suspended.xva');
    expect((await vmRecord(suspended)).power_state).toBe('Suspended');
    await good('vm-resume', `uuid=${suspended}`);
    expect((await vmRecord(suspended)).power_state).toBe('Running');
    await good('vm-shutdown', `uuid=${suspended}`, '--force');
    for (const uuid of [halted, suspended]) await uninstalled(uuid);
    // It is not replaced while it runs.
    await good('vm-resume', `uuid=${vm}`);
    const before = await inventory();
    const kept = await xcp('vm-import', 'filename=halted.xva', 'preserve=true', 'force=true');
    expect([kept.stdout, kept.exit]).toEqual(['', 1]);
    expect(kept.stderr).toMatch(/expected: halted\nactual: running/);
    expect(await good('vm-import', 'filename=out.xva', 'metadata=true', 'preserve=true', 'force=true')).toBe('');
    expect(await inventory()).toEqual(before);
    await good('vm-shutdown', `uuid=${vm}`, '--force');
  }, 120_000);

  test('as a template: snapshots and templates', async () => {
    const snapshot = await good('vm-snapshot', `uuid=${vm}`, 'new-name-label=yesterday');
    await rm(join(folder, 'snapshot.xva'), { force: true });
    await good('snapshot-export-to-template', `snapshot-uuid=${snapshot}`, 'filename=snapshot.xva');
    const made = await good('vm-import', 'filename=snapshot.xva');
    expect(await vmRecord(made)).toMatchObject({ name_label: 'yesterday', is_a_snapshot: false, is_a_template: true });
    await rm(join(folder, 'template.xva'), { force: true });
    await good('template-export', `template-uuid=${made}`, 'filename=template.xva');
    const again = await good('vm-import', 'filename=template.xva');
    expect(await contents(again)).toEqual(await contents(vm));
    for (const uuid of [made, again]) await good('template-uninstall', `template-uuid=${uuid}`, '--force');
    await good('snapshot-uninstall', `uuid=${snapshot}`, '--force');
  }, 60_000);
});

describe('the description alone', () => {
  test('brings a VM back to its disks, with its snapshots', async () => {
    await good('vm-snapshot', `uuid=${vm}`, 'new-name-label=kept');
    await exported('meta.xva', 'metadata=true');
    const disks = (await disksOf(vm)).map(vdi => vdi.uuid);
    for (const each of (await good('snapshot-list', `snapshot-of=${vm}`, 'params=uuid', '--minimal')).split(','))
      await good('vm-destroy', `uuid=${each}`);
    await good('vm-destroy', `uuid=${vm}`);
    const before = await inventory();
    expect(await good('vm-import', 'filename=meta.xva', 'metadata=true', 'preserve=true', 'dry-run=true')).toBe(
      'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    );
    expect(await inventory()).toEqual(before);
    expect(await good('vm-import', 'filename=meta.xva', 'metadata=true', 'preserve=true')).toBe(vm);
    expect((await disksOf(vm)).map(vdi => vdi.uuid).toSorted()).toEqual(disks.toSorted());
    expect(await good('snapshot-list', `snapshot-of=${vm}`, 'params=name-label', '--minimal')).toBe('kept');
    expect((await inventory())['vdis']).toEqual(before['vdis']);
  }, 60_000);

  test('needs the disks, or force', async () => {
    await exported('meta.xva', 'metadata=true');
    const copy = await good('vm-copy', `uuid=${vm}`, 'new-name-label=copy');
    await rm(join(folder, 'copy.xva'), { force: true });
    await good('vm-export', `uuid=${copy}`, 'filename=copy.xva', 'metadata=true');
    await uninstalled(copy);
    const before = await inventory();
    const refused = await xcp('vm-import', 'filename=copy.xva', 'metadata=true');
    expect(refused.exit).toBe(1);
    expect(refused.stderr).toMatch(/location: /);
    expect(await inventory()).toEqual(before);
    const forced = await good('vm-import', 'filename=copy.xva', 'metadata=true', 'force=true');
    expect(await good('vbd-list', `vm-uuid=${forced}`, 'type=Disk', '--minimal')).toBe('');
    await uninstalled(forced);
  }, 60_000);
});

describe('what is no whole file leaves nothing', () => {
  let archive: Buffer;
  let before: Record<string, readonly string[]>;
  beforeAll(async () => {
    archive = await exported('whole.xva');
    before = await inventory();
  });

  const refused = async (bytes: Buffer): Promise<string> => {
    await writeFile(join(folder, 'bad.xva'), bytes);
    const said = await xcp('vm-import', 'filename=bad.xva');
    expect([said.stdout, said.exit]).toEqual(['', 1]);
    await scanAll();
    expect(await inventory()).toEqual(before);
    return said.stderr;
  };

  test.each([
    ['an empty file', () => Buffer.alloc(0), /ends too early/],
    ['some text', () => Buffer.from('not much\n'), /ends too early/],
    ['much text', () => Buffer.alloc(100_000, 'text'), /no tar archive/],
    ['another archive', () => Buffer.concat([archive.subarray(512 * 40)]), /no tar archive|another file/],
    ['a file cut in the description', () => archive.subarray(0, 700), /ends too early/],
    ['a file cut in a disk', () => archive.subarray(0, archive.length - 2 * MIB), /ends too early/],
    ['a file cut at its end', () => archive.subarray(0, archive.length - 1024), /ends too early/],
    ['a packed file that is cut', () => Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]), /ends too early/],
    ['a packed file that is garbled', () => Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(999, 'x')]), /damaged/],
  ])('%s', async (_what, make, words) => expect(await refused(make())).toMatch(words), 30_000);

  test('a block that was changed', async () => {
    const bytes = Buffer.from(archive);
    const at = bytes.indexOf('in the middle');
    bytes[at] = 0x21;
    expect(await refused(bytes)).toMatch(/damaged/);
  }, 30_000);

  test('a description that is none, or of another time', async () => {
    const text = archive.toString('latin1');
    expect(await refused(Buffer.from(text.replace('<value><struct>', '<value><struckt'), 'latin1'))).toMatch(/ova\.xml/);
    const newer = text.replace('<name>export_vsn</name><value>2</value>', '<name>export_vsn</name><value>3</value>');
    expect(await refused(Buffer.from(newer, 'latin1'))).toMatch(/version/);
  }, 30_000);

  /** An import that has come half way and waits for more. */
  async function* halfWay(go: Promise<void>): AsyncGenerator<Buffer> {
    yield archive.subarray(0, archive.length - 2 * MIB);
    await go;
  }

  const atWork = async (): Promise<void> => {
    const state = join(folder, 'state', 'sim-storage.json');
    const known = new Set(before['vdis']);
    // Its volumes are there, though nobody sees them yet.
    const volumes = async (): Promise<readonly string[]> =>
      [...(await readFile(state, 'utf8')).matchAll(/"id":"([0-9a-f-]{36})","top"/g)].map(found => found[1] ?? '');
    while ((await volumes()).every(id => known.has(id))) await sleep(20);
  };

  test('an import that is cancelled', async () => {
    await using session = await login(new HttpTransport(address()), { userName: 'root', password: '' });
    const task = await session.call('task.create', { label: 'in', description: '' });
    const go = Promise.withResolvers<void>();
    const sent = upload({ address: address(), path: `/import?session_id=${session.ref}&task_id=${task}` }, halfWay(go.promise), undefined);
    await atWork();
    expect(await inventory()).toEqual(before);
    await session.call('task.cancel', { task });
    while (!['cancelled', 'failure'].includes(await session.call('task.get_status', { self: task }))) await sleep(20);
    expect(await session.call('task.get_status', { self: task })).toBe('cancelled');
    go.resolve();
    await sent;
    expect(await inventory()).toEqual(before);
  }, 30_000);

  test('a host that is killed in the middle of it', async () => {
    const go = Promise.withResolvers<void>();
    const sent = upload({ address: address(), path: '/import' }, halfWay(go.promise), undefined).catch((error: unknown) => error);
    await atWork();
    await host.kill();
    go.resolve();
    await sent;
    host = await startSimulatedHost(folder);
    await sleep(200);
    await scanAll();
    expect(await inventory()).toEqual(before);
    expect(await contents(vm)).toHaveLength(2);
    const state = await readFile(join(folder, 'state', 'sim-storage.json'), 'utf8');
    expect(new Set([...state.matchAll(/"id":"([0-9a-f-]{36})","top"/g)].map(found => found[1]))).toEqual(new Set(before['vdis']));
  }, 60_000);
});

test('the archive is one that others read: a description, then blocks and their checksums', async () => {
  const reader = new TarReader(once(await exported('plain.xva')));
  const names: string[] = [];
  for (let header = await reader.next(); header; header = await reader.next()) names.push(header.name);
  expect(names[0]).toBe('ova.xml');
  expect(names.slice(1).every(name => /^Ref:\d+\/\d{8}(\.checksum)?$/.test(name))).toBe(true);
  const document = parseValue(
    (await readFile(join(folder, 'plain.xva')))
      .toString('utf8')
      .replace(/^[^<]*/, '')
      .replace(/<\/value>\0[^]*$/, '</value>'),
  );
  const { version, objects } = Object(document);
  expect(version).toMatchObject({ export_vsn: '2', xapi_major: '1' });
  expect(objects.map((object: unknown) => Object(object).class)).toEqual(
    expect.arrayContaining(['VM', 'VBD', 'VIF', 'VDI', 'SR', 'network']),
  );
  expect(JSON.stringify(objects)).not.toContain('OpaqueRef:0');
  expect(JSON.stringify(objects).match(/OpaqueRef:(?!NULL)/g)).toBeNull();
}, 30_000);
