// `npm start`: two hosts side by side, a VM installed on the first, moved live with its disk to the second; then what that proved.

import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { must, runXcp, startHost, type Host, xcp } from '../hosts/host.ts';
import { fingerprintOf, kindOfHosts, prepare } from './hosts.ts';
import { diskProof, movedProof } from './proof.ts';
import { listen, stoodStillMs } from './console.ts';
import { assertOwn, base, folderOf, names, pidOf } from './place.ts';
import { bold, command, done, fact, note, quote, seconds, title } from './say.ts';

const passwordFile = join(base, 'password');

async function startBoth(simulated: boolean): Promise<readonly [Host, Host]> {
  if (names.some(name => pidOf(name) !== undefined)) throw new Error('The hosts of a tour run already: npm stop ends them.');
  rmSync(base, { recursive: true, force: true });
  const password = randomBytes(12).toString('base64url');
  const started: Host[] = [];
  for (const name of names) {
    prepare(folderOf(name), password);
    const startedAt = performance.now();
    const host = await startHost({ name, folder: folderOf(name), args: [simulated ? '--simulate' : '--private-switch'] });
    started.push(host);
    done(
      `host ${bold(name)} is up (${seconds(performance.now() - startedAt)}): ${await must(host, 'host-list', 'params=software-version', '--minimal').then(kindOfHosts)}`,
    );
  }
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const [one, two] = started;
  if (one === undefined || two === undefined) throw new Error('two hosts were to be started');
  return [one, two];
}

/** Says the command, runs it, and gives back what it printed. */
async function tell(host: Host, ...words: readonly string[]): Promise<string> {
  command(words);
  const said = await must(host, ...words);
  if (said !== '') note(said);
  return said;
}

/** With this terminal, so that the progress bar shows. */
function show(host: Host, words: readonly string[]): Promise<number> {
  command(words);
  return new Promise((resolve, reject) => {
    const child = spawn(xcp, words, { stdio: 'inherit', env: { ...process.env, XCP_SERVER: host.server } });
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? 1));
  });
}

async function tour(simulated: boolean): Promise<void> {
  title('Two hosts that share nothing');
  const [one, two] = await startBoth(simulated);

  title('A VM on host one');
  const uuid = await tell(one, 'vm-install', 'template=Tiny Linux', 'new-name-label=demo');
  await tell(one, 'vm-param-set', `uuid=${uuid}`, 'PV-args=console=ttyS0 quiet xcp.counter=vda');
  const startedAt = performance.now();
  await tell(one, 'vm-start', 'vm=demo');
  const before = simulated ? undefined : listen(one.server, uuid);
  if (before !== undefined) {
    await before.next(20, 60_000);
    done(`it booted and writes to its disk all the while, each write numbered and synchronous (${seconds(performance.now() - startedAt)})`);
  }

  title('Live, with its disk, to host two');
  const words = [
    'vm-migrate',
    'vm=demo',
    `remote-master=https://127.0.0.1:${two.tlsPort}`,
    'remote-username=root',
    `remote-password-file=${passwordFile}`,
    `remote-fingerprint=${fingerprintOf(two)}`,
    '--live',
    '--verify',
  ];
  await tell(one, ...words, '--dry-run');
  const movedAt = performance.now();
  const code = await show(one, words);
  if (code !== 0)
    throw new Error(`the migration failed (exit ${code}); the logs are ${folderOf('one')}/hostd.log and ${folderOf('two')}/hostd.log`);
  const tookMs = performance.now() - movedAt;
  const last = before?.counts.at(-1)?.number ?? 0;
  const after = before === undefined ? undefined : listen(two.server, uuid);
  await after?.next(last + 20, 60_000);

  title('What that proved');
  fact('whole migration', seconds(tookMs));
  if (before !== undefined && after !== undefined) {
    fact('guest stood still', `${stoodStillMs(before.counts, after.counts).toFixed(0)} ms, by its own clock`);
    before.stop();
    after.stop();
    movedProof(one, uuid);
    await diskProof(two, uuid);
  }
  fact('left on host one', (await must(one, 'vm-list', 'name-label=demo', '--minimal')) === '' ? 'nothing' : 'the VM: this should not be');

  title('How to go on');
  console.log(`The hosts stay up, the VM runs on two. Talk to either:\n`);
  for (const host of [one, two]) console.log(`  export XCP_SERVER=${quote(host.server)}   # host ${host.name}`);
  console.log(
    `\n  bin/xcp vm-list            bin/xcp console vm=demo        bin/xcp help\n\n${bold('npm stop')} ends the hosts and removes ${base}.`,
  );
}

assertOwn();
const why = existsSync('/usr/bin/qemu-system-x86_64') ? undefined : 'QEMU is not installed';
if (why !== undefined) note(`${why}: the tour runs on the simulator. What it shows is the course of things, not a real guest.`);
try {
  await tour(why !== undefined);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  for (const name of names) if (pidOf(name) !== undefined) await runXcp(['host-list'], { server: `unix:${join(folderOf(name), 'xapi')}` });
  process.exitCode = 1;
}
