// `xcp hostd watch-network`: started by hostd beside each change of the management. When the time is up and nobody has confirmed the change,
// nor hostd taken it back, this process brings switch and addresses back to what they were. It needs no database; hostd takes the records
// back at its next start.

import { readFileSync } from 'node:fs';
import { systemClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { retry } from '../../lib/retry.ts';
import { TrialFiles } from '../../ops/network/trial/file.ts';
import { createLogger } from '../log.ts';
import { openNetwork } from '../parts.ts';
import { readSettings, type Settings, SettingsError, type Surroundings } from '../settings.ts';

/** hostd is first, if it lives. */
const GRACE_MS = 1_000;
const LOOK_MS = 500;
/** So long hostd may take for taking a change back itself. */
const HOSTD_MS = 30_000;
const backoff = { firstMs: 200, maxMs: 5_000, factor: 2, jitter: 0.2 };

export const watchNetwork = async (argv: readonly string[], around: Surroundings): Promise<number> => {
  const { own, rest } = takeOwn(argv);
  const settings = await readSettings(rest, around);
  if (settings === undefined) throw new SettingsError('watch-network is for hostd itself');
  const log = createLogger({ level: 'info', format: 'text', write: line => void process.stderr.write(line) });
  process.on('SIGHUP', () => undefined);
  // Whoever started this waits for it, and then closes its end.
  process.stdout.on('error', () => undefined);
  process.stdout.write('ready\n');
  const files = new TrialFiles(settings.stateDir);
  await systemClock.sleep(own.timeoutMs + GRACE_MS);
  if ((await files.claim(own.trial, 'undoing')) || (await isAbandoned(files, own))) await bringBack(files, own.trial, settings, log);
  return 0;
};

interface Own {
  readonly trial: string;
  readonly timeoutMs: number;
  readonly parent: number;
}

/** The words of the watchdog itself, each with its value; the others are hostd's settings. */
const takeOwn = (argv: readonly string[]): { readonly own: Own; readonly rest: readonly string[] } => {
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    if (['--trial', '--timeout-ms', '--parent'].includes(word)) values.set(word, argv[(i += 1)] ?? '');
    else rest.push(word);
  }
  const [trial, timeoutMs, parent] = [values.get('--trial'), Number(values.get('--timeout-ms')), Number(values.get('--parent'))];
  if (trial === undefined || !(timeoutMs >= 0) || !(parent > 0)) throw new SettingsError('watch-network is for hostd itself');
  return { own: { trial, timeoutMs, parent }, rest };
};

const isAlive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('hostd');
  } catch {
    // It has ended, and its number with it.
    return false;
  }
};

/** Whether hostd began to take the change back and did not come to the end. */
const isAbandoned = async (files: TrialFiles, { trial, parent }: Own): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < HOSTD_MS; waitedMs += LOOK_MS) {
    if ((await files.standing(trial)) !== 'undoing') return false;
    if (!isAlive(parent)) return true;
    await systemClock.sleep(LOOK_MS);
  }
  return (await files.standing(trial)) === 'undoing';
};

const bringBack = async (files: TrialFiles, id: string, settings: Settings, log: Logger): Promise<void> => {
  const trial = await files.read(id);
  if (trial === undefined) return;
  log.warn('nobody confirmed the change of the management, and hostd did not take it back: bringing the network back', { trial: id });
  const network = await retry(() => openNetwork(settings, log), {
    backoff,
    onFailure: error => log.warn('the switch does not answer', { error }),
  });
  try {
    const failures = await retry(() => network.apply(trial.before), {
      backoff,
      onFailure: error => log.warn('the network is not back yet', { error }),
    });
    for (const [uuid, error] of failures) log.warn('a part of the network is not back', { uuid, reason: error.message });
    log.info('the network is back as it was', { trial: id });
  } finally {
    await network.close();
  }
};
