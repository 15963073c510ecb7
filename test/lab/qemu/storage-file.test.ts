// The file storage driver on real images, by QEMU's own tools.

import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationTls } from '../../../src/drivers/hypervisor.ts';
import { findProgram } from '../../../src/drivers/tool.ts';
import { storageContract } from '../../contract/storage-contract.ts';
import { faultsOf, fileHarness, readBlocks, settled, writeBlock } from '../../support/file-storage.ts';

const missing: string[] = [];
for (const program of ['qemu-img', 'qemu-io', 'qemu-storage-daemon', 'openssl'])
  if ((await findProgram(program)) === undefined) missing.push(program);
const isRoot = process.getuid?.() === 0;
const lab = missing.length === 0 ? describe : describe.skip;
if (missing.length > 0) process.stderr.write(`file storage is not tested: ${missing.join(', ')} not installed\n`);

const srId = randomUUID();
const never = new AbortController().signal;
const mib = 1024 ** 2;
const spec = (id: string, sizeBytes = 16 * 65_536) => ({ id, sizeBytes, name: 'disk', description: '', type: 'user' });

const opened = async () => {
  const harness = await fileHarness();
  await harness.driver().create(srId, harness.config, { name: 'sr', description: '' });
  const sr = await harness.driver().attach(srId, harness.config);
  return { harness, sr };
};

/** Certificates as two hosts make them for one migration: each trusts only the other's authority. */
const certificates = (dir: string): { readonly server: MigrationTls; readonly client: MigrationTls; readonly stranger: MigrationTls } => {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const read = (name: string): string => execFileSync('cat', [join(dir, name)], { encoding: 'utf8' });
  for (const who of ['server', 'client', 'stranger']) {
    openssl('req', '-x509', ...key, '-keyout', `${who}-ca.key`, '-out', `${who}-ca.pem`, '-subj', `/CN=${who} ca`, '-days', '2');
    openssl('req', ...key, '-keyout', `${who}.key`, '-out', `${who}.csr`, '-subj', `/CN=${who}`, '-addext', `subjectAltName=DNS:${who}`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${who}.csr`,
      '-CA',
      `${who}-ca.pem`,
      '-CAkey',
      `${who}-ca.key`,
      '-CAcreateserial',
      '-out',
      `${who}.pem`,
      '-days',
      '2',
      '-copy_extensions',
      'copy',
    );
  }
  const tls = (me: string, peer: string): MigrationTls => ({
    caPem: read(`${peer}-ca.pem`),
    certPem: read(`${me}.pem`),
    keyPem: read(`${me}.key`),
    peerName: peer,
  });
  return { server: tls('server', 'client'), client: tls('client', 'server'), stranger: tls('stranger', 'server') };
};

lab('file storage', () => {
  storageContract(fileHarness, { propertyRuns: 12 });

  describe('over TLS', () => {
    test('content goes to a peer that shows the right certificate, and to no other', async () => {
      const { harness, sr } = await opened();
      const tls = certificates(harness.dir);
      const [from, to] = [randomUUID(), randomUUID()];
      await sr.create(spec(from));
      await sr.create(spec(to));
      await writeBlock(await sr.source(from), 3, 'x');
      const target = await sr.openExport(to, { address: '127.0.0.1', tls: tls.server });
      await expect(sr.send(from, undefined, target, { what: 'all', signal: never })).rejects.toMatchObject({ kind: 'bad-config' });
      await expect(sr.send(from, undefined, target, { what: 'all', signal: never, tls: tls.stranger })).rejects.toThrow(
        /send disk content/,
      );
      const misnamed = { ...tls.client, peerName: 'someone-else' };
      await expect(sr.send(from, undefined, target, { what: 'all', signal: never, tls: misnamed })).rejects.toThrow(/send disk content/);
      expect(await readdir(join(harness.dir, 'run'))).toHaveLength(2);
      await sr.send(from, undefined, target, { what: 'all', signal: never, tls: tls.client });
      await sr.closeExport(to);
      expect(await readBlocks(await sr.source(to))).toEqual(new Map([[3, 'x']]));
      const shown = await sr.openExport(to, { address: '127.0.0.1', tls: tls.server, readOnly: true });
      await expect(sr.compare(from, undefined, shown, { signal: never })).rejects.toMatchObject({ kind: 'bad-config' });
      await expect(sr.compare(from, undefined, shown, { signal: never, tls: tls.stranger })).rejects.toThrow(/compare disk content/);
      expect(await sr.compare(from, undefined, shown, { signal: never, tls: tls.client })).toEqual({ equal: true });
      await sr.closeExport(to);
      await writeBlock(await sr.source(from), 3, 'y');
      const again = await sr.openExport(to, { address: '127.0.0.1', tls: tls.server, readOnly: true });
      expect(await sr.compare(from, undefined, again, { signal: never, tls: tls.client })).toMatchObject({ equal: false });
      await sr.closeExport(to);
      expect(await readdir(join(harness.dir, 'run'))).toEqual([]);
      await sr.close();
      await harness[Symbol.asyncDispose]();
    });

    test('keys are in no argument of a process', async () => {
      const { harness, sr } = await opened();
      const id = randomUUID();
      await sr.create(spec(id));
      const tls = certificates(harness.dir).server;
      await sr.openExport(id, { address: '127.0.0.1', tls });
      const pid = await readFile(join(harness.dir, 'run', `${id}.pid`), 'utf8');
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('BEGIN');
      await sr.close();
      expect(() => process.kill(Number(pid), 0)).toThrow();
      await harness[Symbol.asyncDispose]();
    });
  });

  test('a data cluster of zeroes hides what lies below it, at the destination too', async () => {
    const { harness, sr } = await opened();
    const [id, snapshot, base, copy] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await sr.create(spec(id));
    for (const block of [0, 1, 2]) await writeBlock(await sr.source(id), block, 'a');
    await sr.snapshot(id, { id: snapshot, time: 'now' });
    const { path } = await sr.source(id);
    // Zeroes as data, half of a block, and a discard.
    for (const command of ['write -P 0 0 64k', 'write -P 98 96k 16k', 'discard 128k 64k']) execFileSync('qemu-io', ['-c', command, path]);
    await sr.create({ ...spec(base), snapshotOf: id, snapshotTime: 'now' });
    await sr.send(snapshot, undefined, await sr.openExport(base, { address: '127.0.0.1' }), { what: 'all', signal: never });
    await sr.closeExport(base);
    await sr.create({ ...spec(copy), onLayer: (await sr.volume(base))?.layers[0] ?? '' });
    await sr.send(id, undefined, await sr.openExport(copy, { address: '127.0.0.1' }), { what: 'layer', signal: never });
    await sr.closeExport(copy);
    execFileSync('qemu-img', ['compare', path, (await sr.source(copy)).path]);
    expect(await faultsOf(harness.location, sr)).toEqual([]);
    await sr.close();
    await harness[Symbol.asyncDispose]();
  });

  test('an aborted send ends its process and leaves the source whole', async () => {
    const { harness, sr } = await opened();
    const [from, to] = [randomUUID(), randomUUID()];
    await sr.create(spec(from, 256 * mib));
    await sr.create(spec(to, 256 * mib));
    execFileSync('qemu-io', ['-c', 'write -P 7 0 128M', (await sr.source(from)).path]);
    const target = await sr.openExport(to, { address: '127.0.0.1' });
    const reason = new Error('enough');
    const abort = new AbortController();
    const sending = sr.send(from, undefined, target, {
      what: 'all',
      signal: abort.signal,
      bandwidthBytesPerSecond: 16 * mib,
      onProgress: ({ doneBytes }) => {
        if (doneBytes > 0) abort.abort(reason);
      },
    });
    await expect(sending).rejects.toBe(reason);
    await sr.closeExport(to);
    await sr.destroy(to);
    expect(await faultsOf(harness.location, sr)).toEqual([]);
    await sr.close();
    await harness[Symbol.asyncDispose]();
  });

  test('a raw image that is put into the directory becomes a volume', async () => {
    const { harness, sr } = await opened();
    const id = randomUUID();
    await writeFile(join(harness.location, `${id}.raw`), Buffer.alloc(2 * 65_536, 'r'));
    expect(await sr.scan()).toMatchObject([{ id, sizeBytes: 2 * 65_536 }]);
    const clone = randomUUID();
    await sr.clone(id, { id: clone, name: '', description: '' });
    await writeBlock(await sr.source(clone), 0, 'c');
    await sr.destroy(id);
    await settled(sr);
    expect(await readBlocks(await sr.source(clone))).toEqual(
      new Map([
        [0, 'c'],
        [1, 'r'],
      ]),
    );
    await sr.destroy(clone);
    expect(await readdir(harness.location)).toEqual(['sr.json']);
    await sr.close();
    await harness[Symbol.asyncDispose]();
  });

  test('a damaged record stops every clean-up and touches nothing', async () => {
    const { harness, sr } = await opened();
    const [id, stray] = [randomUUID(), `${randomUUID()}.qcow2`];
    await sr.create(spec(id));
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(harness.location, stray), '1M']);
    await writeFile(join(harness.location, `${randomUUID()}.vol.json`), '{');
    await sr.scan();
    expect(await readdir(harness.location)).toContain(stray);
    await sr.close();
    await harness[Symbol.asyncDispose]();
  });

  test('an image whose header names a file elsewhere is not followed', async () => {
    const { harness, sr } = await opened();
    const id = randomUUID();
    await sr.create(spec(id));
    const { path } = await sr.source(id);
    execFileSync('qemu-img', ['rebase', '-u', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw', path]);
    await expect(sr.source(id)).rejects.toThrow(/no layer of this repository/);
    await sr.close();
    await harness[Symbol.asyncDispose]();
  });

  (isRoot ? describe : describe.skip)('on a full disk', () => {
    test('creation, copies and reception fail as no-space and leave the rest as it was', async () => {
      const { harness, sr } = await opened();
      const small = join(harness.dir, 'small');
      await mkdir(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', small]);
      try {
        const fullId = randomUUID();
        await harness.driver().create(fullId, { location: join(small, 'sr') }, { name: 'small', description: '' });
        const full = await harness.driver().attach(fullId, { location: join(small, 'sr') });
        const [from, to] = [randomUUID(), randomUUID()];
        await sr.create(spec(from, 64 * mib));
        execFileSync('qemu-io', ['-c', 'write -P 7 0 32M', (await sr.source(from)).path]);
        await expect(sr.copyTo(from, full, spec(to, 64 * mib), { signal: never })).rejects.toMatchObject({ kind: 'no-space' });
        expect(await full.scan()).toEqual([]);
        await full.create(spec(to, 64 * mib));
        const target = await full.openExport(to, { address: '127.0.0.1' });
        await expect(sr.send(from, undefined, target, { what: 'all', signal: never })).rejects.toMatchObject({ kind: 'no-space' });
        await full.closeExport(to);
        await full.destroy(to);
        expect(await faultsOf(join(small, 'sr'), full)).toEqual([]);
        execFileSync('sh', ['-c', `head -c 20000000 /dev/zero > ${small}/fill || true`], { stdio: 'ignore' });
        await expect(full.create(spec(randomUUID()))).rejects.toMatchObject({ kind: 'no-space' });
        await rm(join(small, 'fill'));
        expect(await faultsOf(join(small, 'sr'), full)).toEqual([]);
        await full.close();
      } finally {
        execFileSync('umount', [small]);
        await sr.close();
        await harness[Symbol.asyncDispose]();
      }
    });
  });
});

/** How often each change is cut short; more for a longer hunt. */
const kills = Number(process.env['XCP_TEST_KILLS'] ?? 5);

lab('kill -9 of the process', () => {
  const children = new Set<number>();
  afterAll(() => {
    for (const pid of children) process.kill(pid, 'SIGKILL');
  });

  /** Runs test/support/storage-worker.ts, which works through a script of changes for ever, and kills it after `afterMs`. */
  const killedAfter = async (location: string, runDir: string, verb: string, afterMs: number): Promise<string[]> => {
    const worker = new URL('../../support/storage-worker.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [worker, srId, location, runDir, verb], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.pid !== undefined) children.add(child.pid);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      output += text;
    });
    await new Promise(resolve => child.once('close', resolve));
    if (child.pid !== undefined) children.delete(child.pid);
    return output.split('\n').filter(line => line !== '');
  };

  test.each(['create', 'snapshot', 'clone', 'destroy', 'freeze', 'merge', 'copy', 'export', 'resize'])(
    'in the middle of %s leaves a whole repository',
    async verb => {
      for (let kill = 0; kill < kills; kill += 1) {
        const afterMs = Math.random() * 120;
        const harness = await fileHarness();
        await harness.driver().create(srId, harness.config, { name: 'sr', description: '' });
        const lines = await killedAfter(harness.location, join(harness.dir, 'run'), verb, afterMs);
        const [first = ''] = lines;
        const sr = await harness.driver().attach(srId, harness.config);
        const volumes = await sr.scan();
        const ids = new Set(volumes.map(volume => volume.id));
        // The disk that the worker began with is there, with its content; what it had acknowledged is there.
        const kept = first.split(' ')[1] ?? '';
        expect([afterMs, [...ids]]).toEqual([afterMs, expect.arrayContaining([kept])]);
        for (const { id } of volumes) {
          await sr.detach(id, { owner: 'vm' });
          await sr.attach(id, { readOnly: true, owner: 'reader' });
          const blocks = await readBlocks(await sr.source(id));
          if (id === kept) expect([blocks.get(0), blocks.get(1)]).toEqual(['a', 'b']);
          await sr.detach(id, { owner: 'reader' });
        }
        for (const line of lines) {
          const [word, id = ''] = line.split(' ');
          if (word === 'made') expect([line, ids.has(id)]).toEqual([line, true]);
        }
        await settled(sr);
        expect(await faultsOf(harness.location, sr)).toEqual([]);
        await sr.close();
        await harness[Symbol.asyncDispose]();
      }
    },
    60_000 + kills * 20_000,
  );
});
