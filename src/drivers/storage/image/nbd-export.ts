// One image, open over NBD: a qemu-storage-daemon of its own, so that the image is certainly closed when it is gone.
//
// The daemon chooses its port itself (0), which is then read from the kernel: no clash, no retry. It bypasses the page cache where
// the file system allows that: a received image is not read again soon, and the copy is half as long. The daemon dies with
// this process; where setpriv is missing, its pid file lets the next process end it.

import type { ChildProcess } from 'node:child_process';
import { open, readFile, readdir, readlink, constants, mkdir, rm, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { errnoOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import type { CopyTarget } from '../../storage.ts';
import { startTool } from '../../tool.ts';
import type { ExportRequest, ImageExport } from '../layered/images.ts';
import { keepBuffers, syncFile } from './qemu-img.ts';
import { optionValue, type TlsFiles, writeTlsFiles } from './tls-files.ts';

/** It only takes so long where much else starts at the same time, as a guest does that has just arrived. */
const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const exportNode = 'layer';

const allowsDirectAccess = async (path: string): Promise<boolean> => {
  try {
    await (await open(path, constants.O_RDONLY | constants.O_DIRECT)).close();
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') return false;
    throw error;
  }
};

const daemonArgs = (request: ExportRequest, direct: boolean, credentials: TlsFiles | undefined, socketPath: string): string[] => {
  // Beside another process that has the image open only without a claim of our own, which a reader does not need.
  const access = request.readOnly ? 'read-only=on,force-share=on' : 'discard=unmap';
  const image = `driver=${request.format},node-name=${exportNode},${access},cache.direct=${direct ? 'on' : 'off'}`;
  const address =
    request.address === 'unix'
      ? `addr.type=unix,addr.path=${optionValue(socketPath)}`
      : `addr.type=inet,addr.host=${optionValue(request.address)},addr.port=0${isIPv6(request.address) ? ',addr.ipv6=on' : ''}`;
  return [
    ...(credentials ? ['--object', credentials.object] : []),
    '--blockdev',
    `${image},file.driver=file,file.filename=${optionValue(request.path)}`,
    '--nbd-server',
    `${address}${credentials ? ',tls-creds=tls' : ''}`,
    '--export',
    `type=nbd,id=export,node-name=${exportNode},name=${request.name},writable=${request.readOnly ? 'off' : 'on'}`,
    // Last, so that its greeting on standard output says that all before it stands.
    '--chardev',
    'stdio,id=monitor',
    '--monitor',
    'chardev=monitor',
  ];
};

/** Resolves when the daemon serves; rejects with what it said when it ends first. */
const untilServing = async (child: ChildProcess): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let errors = '';
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    reject(new DriverError('timeout', 'the export did not start in time'));
  }, startTimeoutMs);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4096);
  });
  child.stdout?.once('data', () => resolve());
  child.once('error', error => reject(new DriverError('failed', `the export did not start: ${error.message}`)));
  child.once('close', () => {
    const kind = /lock/.test(errors) ? 'in-use' : 'failed';
    reject(new DriverError(kind, `the export did not start: ${errors.trim() || 'it gave no reason'}`));
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    child.stdout?.resume();
  }
};

/** The TCP port that a process of ours listens on, from the kernel's tables. */
const listeningPort = async (pid: number): Promise<number> => {
  const links = await Promise.all(
    (await readdir(`/proc/${pid}/fd`)).map(fd => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')), // a descriptor may close meanwhile
  );
  const inodes = new Set(links.flatMap(link => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => ''); // no IPv6: no table
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (state === '0A' && inodes.has(inode)) return Number.parseInt(local.split(':')[1] ?? '', 16);
    }
  }
  throw new DriverError('failed', 'the export listens on no port');
};

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise(resolve => child.once('close', () => resolve()));

/** Starts the export and resolves when it serves. Rejects with nothing left over. */
export const openNbdExport = async (request: ExportRequest, runDir: string): Promise<ImageExport> => {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  await using undo = new AsyncDisposableStack();
  const socketPath = join(runDir, `${request.name}.nbd`);
  const pidPath = join(runDir, `${request.name}.pid`);
  const credentials = request.tls && undo.use(await writeTlsFiles(runDir, 'server', request.tls));
  const args = daemonArgs(request, await allowsDirectAccess(request.path), credentials, socketPath);
  const child = await startTool('qemu-storage-daemon', args, { bound: true, env: keepBuffers });
  undo.defer(async () => {
    child.kill('SIGKILL');
    await ended(child);
    await Promise.all([rm(pidPath, { force: true }), rm(socketPath, { force: true })]);
  });
  await untilServing(child);
  const pid = child.pid ?? 0;
  await writeFile(pidPath, String(pid));
  const target: CopyTarget =
    request.address === 'unix'
      ? { kind: 'nbd-unix', path: socketPath, exportName: request.name }
      : {
          kind: 'nbd',
          host: request.address,
          port: await listeningPort(pid),
          exportName: request.name,
          tls: request.tls !== undefined,
        };
  const kept = undo.move();
  return { target, close: () => closeExport(child, kept, request) };
};

const closeExport = async (child: ChildProcess, kept: AsyncDisposableStack, { path, readOnly }: ExportRequest): Promise<void> => {
  const diedBefore = child.exitCode !== null || child.signalCode !== null;
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.kill('SIGTERM');
  await ended(child);
  clearTimeout(timer);
  await kept.disposeAsync();
  if (readOnly) return;
  await syncFile(path);
  if (diedBefore || child.exitCode !== 0)
    throw new DriverError('failed', 'the export ended by itself: what was written to it may not be whole');
};

/** Ends exports that an earlier process left in `runDir`, each checked to be what its pid file says. */
export const endStaleExports = async (runDir: string): Promise<void> => {
  const names = await readdir(runDir).catch(() => []); // no directory: nothing was ever started
  for (const name of names.filter(n => n.endsWith('.pid'))) {
    const pid = Number(await readFile(join(runDir, name), 'utf8'));
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes('qemu-storage-daemon') && commandLine.includes(`name=${name.slice(0, -4)},writable=o`))
      process.kill(pid, 'SIGKILL');
    await rm(join(runDir, name), { force: true });
  }
  for (const name of names.filter(n => n.startsWith('tls-') || n.endsWith('.nbd')))
    await rm(join(runDir, name), { recursive: true, force: true });
};
