// A guest's QEMU as a process: started in a session of its own with no parent that could take it along, found again by its pid file,
// killed when nothing else helps. A pid is trusted only when that process was started with this very pid file.

import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../tool.ts';
import { DriverError } from '../../hypervisor.ts';
import { qemuError } from '../qmp/errors.ts';
import { Monitor } from '../qmp/monitor.ts';
import type { GuestPaths } from '../guest-paths.ts';
import { isMissing } from '../os-errors.ts';

export const QEMU_PROGRAM = 'qemu-system-x86_64';
const LOG_TAIL_BYTES = 4096;
const CONNECT_RETRY_MS = 5;
const MONITOR_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 10_000;

const readIfThere = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
};

/** The process id of the guest's QEMU if it lives. */
export const findProcess = async (paths: GuestPaths): Promise<number | undefined> => {
  const pid = Number((await readIfThere(paths.pidFile)).trim());
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  const commandLine = (await readIfThere(`/proc/${pid}/cmdline`)).split('\0');
  return commandLine.includes(paths.pidFile) ? pid : undefined;
};

/** The end of what QEMU said on its standard error. */
export const logTail = async (paths: GuestPaths): Promise<string> => {
  const text = await readIfThere(paths.log);
  return text.slice(-LOG_TAIL_BYTES).replaceAll(/^qemu-system-\S+: /gm, '');
};

export interface Launched {
  readonly pid: number;
  readonly monitor: Monitor;
}

/**
 * Starts QEMU and takes hold of its first monitor. Rejects with what QEMU said when it ended instead; then no process is left. QEMU's
 * standard output is a pipe that it never writes to: its end tells at once that the process has died.
 */
export const launch = async (args: readonly string[], paths: GuestPaths, signal: AbortSignal): Promise<Launched> => {
  const program = await findProgram(QEMU_PROGRAM);
  if (program === undefined) throw new DriverError('unsupported', `${QEMU_PROGRAM} is not installed: apt-get install qemu-system-x86`);
  signal.throwIfAborted();
  const log = await open(paths.log, 'a', 0o600);
  const died = new AbortController();
  const child = spawn('setsid', ['--fork', program, ...args], { stdio: ['ignore', 'pipe', log.fd], cwd: paths.directory });
  await log.close();
  watchEnd(child, died);
  try {
    const monitor = await connectFirst(paths, AbortSignal.any([signal, died.signal, AbortSignal.timeout(MONITOR_TIMEOUT_MS)]));
    const pid = await findProcess(paths);
    if (pid === undefined) throw new DriverError('failed', 'QEMU runs without having written its pid file');
    return { pid, monitor };
  } catch (error) {
    const words = await logTail(paths);
    await killProcess(paths);
    signal.throwIfAborted();
    if (died.signal.aborted) throw qemuError('QEMU did not start', words === '' ? 'it gave no reason' : words, { cause: error });
    throw new DriverError('timeout', `QEMU does not answer ${words}`, { cause: error });
  } finally {
    child.stdout?.destroy();
  }
};

const watchEnd = (child: ChildProcess, died: AbortController): void => {
  child.stdout?.resume().once('close', () => died.abort(new DriverError('failed', 'QEMU ended')));
  child.once('error', cause => died.abort(new DriverError('failed', `QEMU could not be started: ${cause.message}`, { cause })));
};

/** The socket is there a few milliseconds after the start, and nothing tells when: QEMU speaks only once it is connected to. */
const connectFirst = async (paths: GuestPaths, signal: AbortSignal): Promise<Monitor> => {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await Monitor.connect(paths.monitor, { timeoutMs: MONITOR_TIMEOUT_MS, signal });
    } catch (error) {
      if (!(error instanceof DriverError && error.kind === 'unreachable')) throw error;
      await delay(CONNECT_RETRY_MS);
    }
  }
};

/** Ends the process, after `graceMs` in which it may end by itself, and waits until it is gone. Idempotent. */
export const killProcess = async (paths: GuestPaths, { graceMs }: { readonly graceMs: number } = { graceMs: 0 }): Promise<void> => {
  const killAt = Date.now() + graceMs;
  for (let pid = await findProcess(paths); pid !== undefined; pid = await findProcess(paths)) {
    if (Date.now() > killAt + KILL_TIMEOUT_MS) throw new DriverError('timeout', `process ${pid} does not end`);
    if (Date.now() >= killAt) signalProcess(pid);
    await delay(CONNECT_RETRY_MS);
  }
};

const signalProcess = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
};

/** When the pid file was written: the start of the process. */
export const startedAt = async (paths: GuestPaths): Promise<Date> => (await stat(paths.pidFile)).mtime;
