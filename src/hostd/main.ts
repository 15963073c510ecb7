// `xcp hostd`: reads the settings, starts the host, and stays until it is told to stop.
//
// A fault in one call never ends the process: what no one caught is logged as a bug and the rest goes on; only a fault outside of every promise
// leaves the process in a state nobody knows, so it ends, and starts anew clean.

import { mkdirSync } from 'node:fs';
import type { Logger } from '../lib/logger.ts';
import { startHost } from './host.ts';
import { createLogger } from './log.ts';
import { keepNetworkOptions } from './network-options.ts';
import { notifyService } from './notify.ts';
import { runPasswd } from './passwd.ts';
import { passwordInput } from './password-input.ts';
import { settingsHelp } from './setting-rows.ts';
import { readSettings, type Settings, SettingsError, type Surroundings } from './settings.ts';
import { hostCertificate } from './tls.ts';

/** The exit code. */
export const runHostd = async (argv: readonly string[]): Promise<number> => {
  const around: Surroundings = { env: process.env, isRoot: process.getuid?.() === 0, isTerminal: process.stderr.isTTY === true };
  try {
    if (argv[0] === 'passwd') {
      await runPasswd(argv.slice(1), around, passwordInput());
      return 0;
    }
    if (argv[0] === 'watch-network') {
      const { watchNetwork } = await import('./network-watch/main.ts');
      return await watchNetwork(argv.slice(1), around);
    }
    const settings = await readSettings(argv, around);
    if (settings === undefined) {
      process.stdout.write(settingsHelp());
      return 0;
    }
    return await serve(settings);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`xcp hostd: ${error.message}\nTry 'xcp hostd --help'.\n`);
    return 1;
  }
};

const serve = async (settings: Settings): Promise<number> => {
  const log = createLogger({ level: settings.logLevel, format: settings.logFormat, write: line => void process.stderr.write(line) });
  // What this process and its children write is for its owner alone.
  process.umask(0o077);
  const ending = watchProcess(log);
  try {
    mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 });
    await keepNetworkOptions(settings);
    const needsTls = settings.listen.some(address => address.kind === 'tls');
    const certificate = needsTls ? await hostCertificate(settings.stateDir, settings.hostName) : undefined;
    const { openParts } = await import('./parts.ts');
    const host = await startHost({ settings, certificate, parts: await openParts(settings, log), log });
    log.info('ready', { stateDir: settings.stateDir, ...(certificate && { fingerprint: certificate.fingerprint }) });
    await notifyService('READY=1', process.env, log);
    const { why, code } = await ending;
    log.info('stopping', { why });
    await notifyService('STOPPING=1', process.env, log);
    await host.stop();
    log.info('stopped');
    return code;
  } catch (error) {
    log.error('hostd cannot run', { error });
    return 1;
  }
};

/** Resolves when the process shall end: it was told to, or it is in a state nobody knows. */
const watchProcess = (log: Logger): Promise<{ readonly why: string; readonly code: number }> =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve({ why: signal, code: 0 }));
    // A terminal that closes is no reason.
    process.on('SIGHUP', () => undefined);
    process.on('unhandledRejection', error => log.error('a fault of hostd: a failure nobody waited for', { error }));
    process.on('uncaughtException', error => {
      log.error('a fault of hostd: it ends here', { error });
      resolve({ why: 'a fault', code: 1 });
    });
    // A reader of the log that went away must not take the agent with it.
    process.stderr.on('error', () => undefined);
  });
