// Where a guest's files lie: `<stateDir>/guests/<uuid>/`. A unix socket's path may have about 100 characters, so with a long state
// directory the sockets go to a short one of their own, whose name follows from the state directory's; a link in the guest's directory points there.

import { createHash } from 'node:crypto';
import { mkdir, rm, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, isNotEmpty } from './os-errors.ts';

export interface GuestPaths {
  readonly directory: string;
  readonly sockets: string;
  readonly handle: string;
  readonly pidFile: string;
  readonly log: string;
  readonly monitor: string;
  readonly secondMonitor: string;
  readonly serial: string;
  readonly serialLog: string;
  readonly vnc: string;
  readonly agent: string;
  readonly tls: string;
  /** Memory on its way to or from a suspend image. */
  readonly stream: string;
  readonly spool: string;
}

const MAX_SOCKET_PATH = 100;
const LONGEST_SOCKET_NAME = 'monitor-2.sock'.length;

export const guestsDirectory = (stateDir: string): string => path.join(stateDir, 'guests');

const socketDirectory = (stateDir: string, id: string): string => {
  const near = path.join(guestsDirectory(stateDir), id);
  if (near.length + 1 + LONGEST_SOCKET_NAME <= MAX_SOCKET_PATH) return near;
  const digest = createHash('sha256').update(path.resolve(stateDir)).digest('hex').slice(0, 10);
  const root = process.getuid?.() === 0 ? '/run' : '/tmp';
  return path.join(root, `xcp-${digest}`, id);
};

export const guestPaths = (stateDir: string, id: string): GuestPaths => {
  const directory = path.join(guestsDirectory(stateDir), id);
  const sockets = socketDirectory(stateDir, id);
  return {
    directory,
    sockets,
    handle: path.join(directory, 'handle.json'),
    pidFile: path.join(directory, 'pid'),
    log: path.join(directory, 'qemu.log'),
    monitor: path.join(sockets, 'monitor.sock'),
    secondMonitor: path.join(sockets, 'monitor-2.sock'),
    serial: path.join(sockets, 'serial.sock'),
    serialLog: path.join(directory, 'serial.log'),
    vnc: path.join(sockets, 'vnc.sock'),
    agent: path.join(sockets, 'agent.sock'),
    tls: path.join(directory, 'tls'),
    stream: path.join(sockets, 'stream.sock'),
    spool: path.join(directory, 'memory'),
  };
};

/** Makes the directories, readable by their owner only. Rejects with EEXIST when the guest has some already. */
export const makeGuestDirectories = async (paths: GuestPaths): Promise<void> => {
  await mkdir(path.dirname(paths.directory), { recursive: true, mode: 0o700 });
  await mkdir(paths.directory, { mode: 0o700 });
  if (paths.sockets === paths.directory) return;
  await mkdir(paths.sockets, { recursive: true, mode: 0o700 });
  await symlink(paths.sockets, path.join(paths.directory, 'sockets'));
};

/** Idempotent. */
export const removeGuestDirectories = async (paths: GuestPaths): Promise<void> => {
  await rm(paths.sockets, { recursive: true, force: true });
  // The last guest takes the short directory along; with others in it, it stays.
  if (paths.sockets !== paths.directory) await rmdir(path.dirname(paths.sockets)).catch(unlessInUse);
  await rm(paths.directory, { recursive: true, force: true });
};

const unlessInUse = (error: unknown): void => {
  if (!isNotEmpty(error) && !isMissing(error)) throw error;
};
