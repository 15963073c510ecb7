// `tools/fresh/fresh`: clones this checkout's last commit into a Debian that never saw the project, with the Node of this machine and
// nothing else, and runs there what a newcomer would type.

import { execFileSync } from 'node:child_process';
import { cpSync, createWriteStream, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { freshDebian } from './debian.ts';

const root = resolve(import.meta.dirname, '../..');
const command = process.argv.length > 2 ? process.argv.slice(2) : ['npm', 'start'];

const which = (name: string): string => {
  const own = join(root, 'node_modules/.bin');
  for (const folder of (process.env['PATH'] ?? '').split(':'))
    if (folder !== own && existsSync(join(folder, name))) return realpathSync(join(folder, name));
  throw new Error(`${name} is not on the path`);
};

/** The program and npm, as its packages put them: bin/node, lib/node_modules/npm. */
const bringNode = (folder: string): void => {
  const npm = dirname(dirname(which('npm')));
  mkdirSync(join(folder, 'usr/local/lib/node_modules'), { recursive: true });
  cpSync(which('node'), join(folder, 'usr/local/bin/node'));
  cpSync(npm, join(folder, 'usr/local/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(folder, 'usr/local/bin', name));
};

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

const startedAt = performance.now();
using debian = freshDebian();
bringNode(debian.folder);
execFileSync('git', ['clone', '--quiet', '--no-local', root, join(debian.folder, 'root/xcp')]);
console.log(
  `· a fresh Debian with git, node ${execFileSync(which('node'), ['--version'], { encoding: 'utf8' }).trim()} and npm (${seconds(startedAt)} s)`,
);
const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
const environment = [`npm_config_registry=${registry}`, 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt', 'NO_COLOR=1'];
const log = createWriteStream(join(root, 'start.log'));
const tell = (data: string | Uint8Array): void => {
  process.stdout.write(data);
  log.write(data);
};
tell(`# git clone …; cd xcp; ${command.join(' ')}\n`);
const commandAt = performance.now();
// The shell stays: as the first process it reaps what others leave to it.
const child = debian.start(['env', ...environment, 'sh', '-c', 'cd /root/xcp; "$@"; exit $?', 'sh', ...command], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
child.stdout?.on('data', tell);
child.stderr?.on('data', tell);
const code = await new Promise<number>(resolveCode => child.once('close', status => resolveCode(status ?? 1)));
tell(`# exit ${code} after ${seconds(commandAt)} s\n`);
log.end();
process.exitCode = code;
