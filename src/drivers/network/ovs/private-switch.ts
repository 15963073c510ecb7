// An Open vSwitch of xcp's own, for machines where it is installed but not running: a database and a switch in user space. Both are
// daemons: they outlive hostd, and are found again by their pid files.
//
// There is one for all xcp hosts of a machine, not one for each: the user-space datapath has a device of a fixed name, so that a second
// switch in the same network namespace makes no bridge. The hosts' bridges and taps bear names of their own.

import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { retry } from '../../../lib/retry.ts';
import { setOf, uuidOf } from '../../../wire/ovsdb.ts';
import { errnoOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import { runTool } from '../../tool.ts';
import { OvsdbClient } from './ovsdb-client.ts';
import { tagOf } from './names.ts';
import { isOurs } from './owner.ts';
import { SwitchView } from './switch-view.ts';
import { removeTaps, tapName, tapVifs } from './tap.ts';

const schema = '/usr/share/openvswitch/vswitch.ovsschema';
/** Gone after a reboot, as the devices are; hostd makes its bridges again at start. */
const machineDir = '/run/xcp/ovs';
const stopTimeoutMs = 10_000;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false, // that is the question
  );

/** Whether the daemons were ever started in `dir`. */
export const hasPrivateSwitch = (dir = machineDir): Promise<boolean> => exists(join(dir, 'conf.db'));

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

const startDaemons = async (rundir: string, wrap: readonly string[]): Promise<void> => {
  const [database, socketPath] = [join(rundir, 'conf.db'), join(rundir, 'db.sock')];
  const env = environment(rundir);
  if (!(await exists(database))) await runTool('ovsdb-tool', ['create', database, schema], { env });
  // `--detach` returns when the daemon is ready; it must not be bound to this process.
  const start = async (program: 'ovsdb-server' | 'ovs-vswitchd', args: readonly string[]): Promise<void> => {
    if ((await daemonPid(rundir, program)) !== undefined) return;
    const [command = program, ...words] = [...wrap, program, ...args, ...daemonArgs(rundir, program)];
    await runTool(command, words, { env, outlives: true });
  };
  await start('ovsdb-server', [database, `--remote=punix:${socketPath}`]);
  await initialise(socketPath);
  await start('ovs-vswitchd', [`unix:${socketPath}`, '--disable-system']);
};

/**
 * Starts what of the pair does not run yet. Idempotent. Returns the rundir for `createOvsNetwork`. `wrap`: words before the commands, as
 * `ip netns exec NAME`, for a switch of another network namespace.
 */
export const startPrivateSwitch = async (dir = machineDir, wrap: readonly string[] = []): Promise<string> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // Two hosts that start at once get in each other's way; the later one then finds the daemons.
  await retry(() => startDaemons(dir, wrap), { attempts: 4, backoff: { firstMs: 200, maxMs: 1_000, factor: 2, jitter: 0.5 } });
  return dir;
};

/**
 * For a host that goes for good: its bridges and taps are removed, and the daemons are ended if no other host has bridges there.
 * Idempotent; guests of the host lose their network.
 */
export const leavePrivateSwitch = async (stateDir: string, dir = machineDir): Promise<void> => {
  if ((await daemonPid(dir, 'ovsdb-server')) === undefined) return;
  const tag = tagOf(stateDir);
  const client = await OvsdbClient.connect(join(dir, 'db.sock'));
  let others = 0;
  try {
    const view = await SwitchView.follow(client);
    const rows = [...view.bridges.values()];
    const mine = rows.filter(row => isOurs(row, tag)).map(({ uuid }) => uuidOf(uuid));
    others = rows.length - mine.length;
    if (mine.length > 0)
      await client.transact([{ op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'delete', setOf(mine)]] }]);
  } finally {
    client.close();
  }
  await removeTaps((await tapVifs(tag)).map(vifId => tapName(tag, vifId)));
  if (others === 0) await stopPrivateSwitch({ dir, erase: true });
};

/** Asks a daemon to end and waits until it has. */
const stop = async (rundir: string, program: 'ovsdb-server' | 'ovs-vswitchd', ask: (pid: number) => Promise<void>): Promise<void> => {
  const pid = await daemonPid(rundir, program);
  if (pid === undefined) return;
  await ask(pid);
  const deadline = Date.now() + stopTimeoutMs;
  // Not our child, so nobody tells us of its end.
  while ((await daemonPid(rundir, program)) === pid) {
    if (Date.now() > deadline) throw new DriverError('timeout', `${program} (process ${pid}) does not end`);
    await delay(20);
  }
};

const terminate = async (pid: number): Promise<void> => {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
};

/**
 * Ends both daemons. With `erase` their devices, the database and the logs go too; without, the devices stay for the next start.
 * Idempotent.
 */
export const stopPrivateSwitch = async ({ dir = machineDir, erase }: { readonly dir?: string; readonly erase: boolean }): Promise<void> => {
  const control = join(dir, 'ovs-vswitchd.ctl');
  await stop(dir, 'ovs-vswitchd', pid => (erase ? exitClean(control) : terminate(pid)));
  await stop(dir, 'ovsdb-server', terminate);
  if (erase) await rm(dir, { recursive: true, force: true });
};

const exitClean = async (control: string): Promise<void> => {
  await runTool('ovs-appctl', ['-t', control, 'exit', '--cleanup']);
};
