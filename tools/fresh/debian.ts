// A Debian that never saw this project: debootstrap's, kept as a tarball in .cache, unpacked anew for each use and run in namespaces
// of its own, so that nothing of it outlives its user.

import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  chmodSync,
  copyFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const cache = join(root, '.cache');
const release = 'bookworm';
/** What a machine has that somebody set up: the service manager, git, and certificates. */
const included = ['ca-certificates', 'dbus', 'git', 'systemd', 'systemd-sysv'];

/** Why there can be none here; undefined when there can. */
export const obstacle = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'only root can make a Debian of its own';
  if (!existsSync('/usr/sbin/debootstrap')) return 'debootstrap is not installed: apt-get install debootstrap';
  if (controlGroups() === undefined) return 'this machine has no control groups of version 2';
  return undefined;
};

/** Where the control groups of version 2 are mounted. */
const controlGroups = (): string | undefined =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .find(([, , type]) => type === 'cgroup2')?.[1];

const said = (program: string, args: readonly string[]): string => execFileSync(program, [...args], { encoding: 'utf8' });

/** The mirror that this machine uses, if it is a Debian of the same release; undefined: the one that debootstrap knows by itself. */
const mirror = (): string | undefined => {
  const lines = said('apt-get', ['indextargets', '--format', '$(REPO_URI) $(CODENAME) $(COMPONENT)', 'Created-By: Packages']).split('\n');
  return lines.find(line => line.endsWith(`/ ${release} main`))?.split(' ')[0];
};

const makeTarball = (tarball: string): void => {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'debootstrap-'));
  try {
    const options = ['--variant=minbase', `--include=${included.join(',')}`];
    const from = mirror();
    execFileSync('debootstrap', [...options, release, work, ...(from === undefined ? [] : [from])], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    rmSync(join(work, 'var/cache/apt/archives'), { recursive: true, force: true });
    mkdirSync(join(work, 'var/cache/apt/archives/partial'), { recursive: true });
    execFileSync('tar', ['-cf', `${tarball}.new`, '-C', work, '.']);
    renameSync(`${tarball}.new`, tarball);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** What is particular to the network this machine is on, so that the new one reaches what this one reaches. */
const adopt = (folder: string): void => {
  copyFileSync('/etc/resolv.conf', join(folder, 'etc/resolv.conf'));
  if (existsSync('/etc/ssl/certs/ca-certificates.crt'))
    copyFileSync('/etc/ssl/certs/ca-certificates.crt', join(folder, 'etc/ssl/certs/ca-certificates.crt'));
  // It is thrown away after use: nobody needs its files to be safe from a power cut.
  writeFileSync(join(folder, 'etc/dpkg/dpkg.cfg.d/unsafe'), 'force-unsafe-io\n');
};

export interface Debian extends Disposable {
  /** Its root, seen from this machine. */
  readonly folder: string;
  /**
   * Starts a command in it, with the processes of nobody else; it should reap what it inherits. `asMachine`: nor anybody's network
   * and control groups, so that it may be a service manager.
   */
  start(args: readonly string[], options: SpawnOptions & { readonly asMachine?: boolean }): ChildProcess;
}

const mountsBelow = (folder: string): boolean => readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder}/`);

const namespaces = ['--mount', '--pid', '--fork', '--uts', '--ipc', '--kill-child'];

/** A control group can be removed only when those below it are gone. */
const removeGroups = (group: string): void => {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) removeGroups(join(group, entry.name));
  rmdirSync(group);
};

export const freshDebian = (): Debian => {
  const why = obstacle();
  if (why !== undefined) throw new Error(why);
  const tarball = join(cache, `debian-${release}.tar`);
  if (!existsSync(tarball)) makeTarball(tarball);
  const folder = mkdtempSync('/var/tmp/xcp-debian-');
  execFileSync('tar', ['-xf', tarball, '-C', folder]);
  // The root of a machine is everybody's.
  chmodSync(folder, 0o755);
  adopt(folder);
  const group = join(controlGroups() ?? '', basename(folder));
  return {
    folder,
    start: (args, { asMachine = false, ...options }) => {
      const inside = [join(root, 'tools/fresh/namespace'), folder];
      if (!asMachine) return spawn('unshare', [...namespaces, ...inside, ...args], options);
      mkdirSync(group, { recursive: true });
      const joined = ['-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', group, 'unshare', ...namespaces, '--net', '--cgroup'];
      return spawn('sh', [...joined, ...inside, '--own-network', ...args], options);
    },
    [Symbol.dispose]: () => {
      // With something mounted in it, removing it would remove what is not its own.
      if (mountsBelow(folder)) throw new Error(`something is mounted below ${folder}: unmount it and remove the folder`);
      removeGroups(group);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
