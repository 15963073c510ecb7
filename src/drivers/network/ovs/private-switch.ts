// An Open vSwitch of xcp's own, for machines where it is installed but not running: a database and a switch in user space under the
// host's state directory. Both are daemons: they outlive hostd, and are found again by their pid files.

import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DriverError } from '../../hypervisor.ts';
import { runTool } from '../../tool.ts';
import { OvsdbClient } from './ovsdb-client.ts';

const schema = '/usr/share/openvswitch/vswitch.ovsschema';
/** The kernel's limit for the path of a socket is 107 bytes; the longest name in the directory takes 20. */
const maxDirLength = 85;
const stopTimeoutMs = 10_000;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false, // that is the question
  );

/** The directory of sockets, database and logs of the private switch of the host whose state is in `stateDir`. */
export const privateRundir = (stateDir: string): string => {
  const dir = join(stateDir, 'ovs');
  return dir.length <= maxDirLength ? dir : join('/run', `xcp-ovs-${createHash('sha256').update(stateDir).digest('hex').slice(0, 12)}`);
};

/** Whether one was ever started for this host. */
export const hasPrivateSwitch = (stateDir: string): Promise<boolean> => exists(join(privateRundir(stateDir), 'conf.db'));

/** The daemon that the pid file names, if it runs and is the program expected: a stale file may name anyone. */
const daemonPid = async (rundir: string, program: 'ovsdb-server' | 'ovs-vswitchd'): Promise<number | undefined> => {
  const text = await readFile(join(rundir, `${program}.pid`), 'utf8').catch(() => ''); // never started
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0)) return undefined;
  // The command line of a zombie is empty.
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // the process is gone
  return commandLine.includes(program) && commandLine.includes(rundir) ? pid : undefined;
};

const environment = (rundir: string): Readonly<Record<string, string>> => ({
  OVS_RUNDIR: rundir,
  OVS_LOGDIR: rundir,
  OVS_DBDIR: rundir,
  OVS_SYSCONFDIR: rundir,
});

const daemonArgs = (rundir: string, program: string): readonly string[] => [
  '-vconsole:off',
  '-vsyslog:off',
  `--pidfile=${join(rundir, `${program}.pid`)}`,
  `--log-file=${join(rundir, `${program}.log`)}`,
  `--unixctl=${join(rundir, `${program}.ctl`)}`,
  '--no-chdir',
  '--detach',
];

const initialise = async (socketPath: string): Promise<void> => {
  const client = await OvsdbClient.connect(socketPath);
  try {
    const [found] = await client.transact([{ op: 'select', table: 'Open_vSwitch', where: [], columns: ['_uuid'] }]);
    const rows = found?.['rows'];
    if (Array.isArray(rows) && rows.length === 0) await client.transact([{ op: 'insert', table: 'Open_vSwitch', row: {} }]);
  } finally {
    client.close();
  }
};

/** Starts what of the pair does not run yet. Idempotent. Returns the rundir for `createOvsNetwork`. */
export const startPrivateSwitch = async (stateDir: string): Promise<string> => {
  const rundir = privateRundir(stateDir);
  await mkdir(rundir, { recursive: true, mode: 0o700 });
  const [database, socketPath] = [join(rundir, 'conf.db'), join(rundir, 'db.sock')];
  const env = environment(rundir);
  if (!(await exists(database))) await runTool('ovsdb-tool', ['create', database, schema], { env });
  // `--detach` returns when the daemon is ready; it must not be bound to this process.
  if ((await daemonPid(rundir, 'ovsdb-server')) === undefined)
    await runTool('ovsdb-server', [database, `--remote=punix:${socketPath}`, ...daemonArgs(rundir, 'ovsdb-server')], {
      env,
      outlives: true,
    });
  await initialise(socketPath);
  if ((await daemonPid(rundir, 'ovs-vswitchd')) === undefined)
    await runTool('ovs-vswitchd', [`unix:${socketPath}`, '--disable-system', ...daemonArgs(rundir, 'ovs-vswitchd')], {
      env,
      outlives: true,
    });
  return rundir;
};

const stop = async (rundir: string, program: 'ovsdb-server' | 'ovs-vswitchd'): Promise<void> => {
  const pid = await daemonPid(rundir, program);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + stopTimeoutMs;
  // Not our child, so nobody tells us of its end.
  while ((await daemonPid(rundir, program)) === pid) {
    if (Date.now() > deadline) throw new DriverError('timeout', `${program} (process ${pid}) does not end`);
    await delay(20);
  }
};

/** Ends both daemons; their devices go with them. With `erase` the database and the logs go too. Idempotent. */
export const stopPrivateSwitch = async (stateDir: string, options: { readonly erase: boolean }): Promise<void> => {
  const rundir = privateRundir(stateDir);
  await stop(rundir, 'ovs-vswitchd');
  await stop(rundir, 'ovsdb-server');
  if (options.erase) await rm(rundir, { recursive: true, force: true });
};
