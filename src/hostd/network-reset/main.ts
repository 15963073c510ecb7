// `xcp host-network-reset`, also called `xe-reset-networking`: one step back to a known good state of the network, in seconds and without a
// reboot. A hostd that answers does it itself; else it is done on the switch at once, and hostd's next start does the records.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { HttpTransport } from '../../client/transport.ts';
import { login } from '../../client/session.ts';
import { errnoOf, messageOf } from '../../drivers/errno.ts';
import {
  managementConf,
  networkReset,
  type NetworkSettings,
  parseSettings,
  resetFiles,
  wrongWith,
} from '../../ops/network/reset/settings.ts';
import { createLogger } from '../log.ts';
import { keptNetworkOptions } from '../network-options.ts';
import { openNetwork } from '../parts.ts';
import { defaultStateDir, readSettings, SettingsError, type Surroundings } from '../settings.ts';
import { applyOffline, type Prospect, prospectOf } from './offline.ts';
import { mergeSettings, parseResetWords, resetHelp, type ResetWords } from './words.ts';

const HOSTD_MS = 20_000;
const POOL_CONF = '/etc/xensource/pool.conf';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The exit code. */
export const runNetworkReset = async (argv: readonly string[], program: string): Promise<number> => {
  const around: Surroundings = { env: process.env, isRoot: process.getuid?.() === 0, isTerminal: process.stderr.isTTY === true };
  try {
    const words = parseResetWords(argv);
    if (words.isHelp) {
      process.stdout.write(resetHelp(program));
      return 0;
    }
    return await reset(words, around);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${program}: ${error.message}\nTry '${program} --help'.\n`);
    return 1;
  }
};

const reset = async (words: ResetWords, around: Surroundings): Promise<number> => {
  const stateDir = words.stateDir ?? defaultStateDir(around);
  const files = resetFiles(stateDir);
  const settings = mergeSettings(await storedSettings(files.firstBoot), words);
  if (settings === undefined)
    throw new SettingsError(
      `there are no settings of the first start in ${files.firstBoot}: give --device, --mode and, for static, the addresses`,
    );
  const wrong = wrongWith(settings);
  if (wrong !== undefined) throw new SettingsError(wrong);
  const kept = await keptNetworkOptions(stateDir, around);
  if (kept === undefined)
    throw new SettingsError(`there are no notes of how hostd was started with the state directory ${stateDir}: --state-dir names another`);
  const prospect = await prospectOf(stateDir, settings);
  tell(settings, prospect);
  if (!words.isSure && !(await isSure())) {
    say('Nothing was changed.');
    return 1;
  }
  await store(files.firstBoot, managementConf(settings));
  await store(files.reset, networkReset(settings));
  if (words.master !== undefined) await renameMaster(words.master);
  if (await hostdDidIt(kept.sockets)) {
    say('The network is reset.');
    return 0;
  }
  return await resetOffline(kept.options, around, prospect);
};

const storedSettings = async (path: string): Promise<NetworkSettings | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  });
  return parseSettings(text);
};

const store = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600, flush: true });
};

const tell = (settings: NetworkSettings, { goes, problem }: Prospect): void => {
  const { device, mode, modeV6, vlan, ip, netmask, gateway, ipv6, gatewayV6, dns } = settings;
  const shown = (name: string, value: string): void => void (value !== '' && say(`  ${`${name}:`.padEnd(12)}${value}`));
  say('The network of this host will be reset. It will be managed by:');
  shown('device', device);
  shown('VLAN', vlan === undefined ? '' : String(vlan));
  shown('IPv4', mode === 'static' ? `${ip}, netmask ${netmask}${gateway === '' ? '' : `, gateway ${gateway}`}` : mode);
  shown('IPv6', modeV6 === 'static' ? `${ipv6}${gatewayV6 === '' ? '' : `, gateway ${gatewayV6}`}` : modeV6);
  shown('DNS', dns.join(', '));
  if (goes.length > 0) say('These go:');
  for (const what of goes) say(`  ${what}`);
  if (problem === undefined) say('Other interfaces lose their addresses. Networks and guests stay.');
  else say(`The database cannot be read (${problem}): other interfaces are left without a network until hostd runs again.`);
};

const isSure = async (): Promise<boolean> => {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const { promise, resolve } = Promise.withResolvers<string>();
    lines.once('close', () => resolve(''));
    lines.question("Type 'yes' to continue: ").then(resolve, () => resolve(''));
    return (await promise).trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
};

/** On a member of a pool, who its master is. */
const renameMaster = async (master: string): Promise<void> => {
  const text = await readFile(POOL_CONF, 'utf8').catch(() => ''); // not such a host
  if (text.startsWith('slave:')) await writeFile(POOL_CONF, `slave:${master}`, { flush: true });
  else say('This host is the master of its own pool: --master changes nothing.');
};

const hostdDidIt = async (sockets: readonly string[]): Promise<boolean> => {
  for (const path of sockets) {
    const transport = new HttpTransport({ kind: 'unix', path });
    try {
      const signal = AbortSignal.timeout(HOSTD_MS);
      const session = await login(transport, { userName: 'root', password: '' }, { signal });
      const host = await session.call('session.get_this_host', { self: session.ref }, signal);
      await session.raw('host.call_plugin', [host, 'network-reset', 'apply', {}], signal);
      return true;
    } catch (error) {
      say(`hostd does not do it (${messageOf(error)}): doing it without.`);
    } finally {
      transport.close();
    }
  }
  return false;
};

const resetOffline = async (options: readonly string[], around: Surroundings, prospect: Prospect): Promise<number> => {
  const settings = await readSettings(options, around);
  if (settings === undefined) return 1;
  const log = createLogger({ level: 'warn', format: 'text', write: line => void process.stderr.write(line) });
  const network = await openNetwork(settings, log);
  try {
    const failures = await applyOffline(network, prospect);
    for (const failure of failures) process.stderr.write(`not made: ${failure}\n`);
    say('The network is reset on the switch. Start hostd again: it brings its records in line.');
    return failures.some(failure => failure.startsWith('the management')) ? 1 : 0;
  } finally {
    await network.close();
  }
};
