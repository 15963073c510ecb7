// What a command that may touch a host's management does after its call: the host keeps such a change on trial until somebody comes by the
// new way, so this comes, by a fresh connection. On the host itself it waits for what the host finds out.

import { join } from 'node:path';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerAddress } from '../../../client/address.ts';
import { ConnectionError } from '../../../client/errors.ts';
import { Session } from '../../../client/session.ts';
import { pinnedFingerprint } from '../../../client/trust.ts';
import { XenError } from '../../../model/error.ts';
import { serverAddress, transportTo } from '../../connection.ts';
import type { Context } from '../../context.ts';
import { PlainError } from '../../exit.ts';
import { thisHost } from '../../lookup.ts';

/** None is under way; the last one ended so. */
interface Ended {
  readonly ended: string;
}

interface Trial {
  readonly remainingSeconds: number;
  readonly addresses: readonly string[];
}

/** Without an answer for so long the call may have cut its own connection. */
const SILENCE_MS = 3_000;
const LOOK_MS = 500;
const ATTEMPT_MS = 5_000;
/** On the host itself: as long as it may take until the gateway is heard. */
const LOCAL_LOOKS = 10;
/** What a host gives that could not be asked. */
const GUESSED_SECONDS = 60;

/** Undefined: none is under way, or this is a server that has no trials. */
const showTrial = async (session: Session, signal?: AbortSignal): Promise<Trial | Ended | undefined> => {
  let text: string;
  try {
    text = String(await session.raw('host.call_plugin', [await thisHost(session), 'network-trial', 'show', {}], signal));
  } catch (error) {
    if (error instanceof XenError) return undefined;
    throw error;
  }
  const shown: unknown = JSON.parse(text);
  if (typeof shown !== 'object' || shown === null) return undefined;
  const ended: unknown = Reflect.get(shown, 'ended');
  if (typeof ended === 'string') return { ended };
  const addresses: unknown = Reflect.get(shown, 'addresses');
  return {
    remainingSeconds: Number(Reflect.get(shown, 'remaining_seconds')),
    addresses: Array.isArray(addresses) ? addresses.map(String) : [],
  };
};

/** Addresses that the command itself names. */
const givenAddresses = ({ args }: Context): readonly string[] =>
  [args.get('IP'), args.get('IPv6')?.split('/')[0]].flatMap(text => (text === undefined || text === '' ? [] : [text]));

const isOutOfReach = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof Error && error.name === 'TimeoutError');

/** By a connection of its own, with the session that is open and the certificate that is known. */
const comeBy = async (
  context: Context,
  from: ServerAddress,
  host: string,
  session: Session,
): Promise<'confirmed' | 'taken back' | 'not yet'> => {
  if (from.kind === 'unix') return 'not yet';
  const { io, connection } = context;
  const knownHosts = join(io.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'xcp', 'known_hosts');
  const fingerprint = connection.fingerprint ?? (await pinnedFingerprint(knownHosts, `${from.host}:${from.port}`));
  const options = { ...connection, ...(fingerprint !== undefined && { fingerprint }) };
  const transport = await transportTo({ ...from, host }, options, io);
  try {
    const signal = AbortSignal.timeout(ATTEMPT_MS);
    const visitor = new Session(transport, session.ref);
    await showTrial(visitor, signal);
    // The host looks at who came after it has answered.
    await sleep(LOOK_MS);
    const shown = await showTrial(visitor, signal);
    if (shown === undefined) return 'confirmed';
    if ('ended' in shown) return shown.ended === 'confirmed' ? 'confirmed' : 'taken back';
    return 'not yet';
  } catch (error) {
    if (isOutOfReach(error)) return 'not yet';
    throw error;
  } finally {
    transport.close();
  }
};

/** Comes by each of the addresses until one lets it through, or the host has taken the change back. */
const confirmFromOutside = async (context: Context, from: ServerAddress, session: Session, trial: Trial): Promise<void> => {
  const server = from.kind === 'unix' ? [] : [from.host];
  const until = Date.now() + trial.remainingSeconds * 1000;
  do {
    for (const host of new Set([...trial.addresses, ...server])) {
      const answer = await comeBy(context, from, host, session);
      if (answer === 'confirmed') return;
      if (answer === 'taken back') throw cutOff(trial);
    }
    await sleep(LOOK_MS);
  } while (Date.now() < until);
  throw cutOff(trial);
};

const cutOff = ({ addresses }: Trial): PlainError =>
  new PlainError(`The host takes the change back: nobody reached it at ${addresses.join(' or ') || 'its new address'} within the time.`);

const waitOnHost = async (context: Context, session: Session): Promise<void> => {
  for (let look = 0; look < LOCAL_LOOKS; look += 1) {
    const trial = await showTrial(session);
    if (trial === undefined || 'ended' in trial) return;
    if (look === LOCAL_LOOKS - 1)
      context.io.stderr.write(
        `The change is on trial: the gateway is not heard, and it goes back in ${trial.remainingSeconds} seconds unless somebody connects to ${trial.addresses.join(' or ') || 'the host'} over the network, or confirms it with: xcp host-network-confirm\n`,
      );
    else await sleep(LOOK_MS);
  }
};

/** Runs the command, and makes sure that what it changed stays. */
export const onTrial = async (context: Context, work: () => Promise<number | void>): Promise<number | void> => {
  if (context.io.connect !== undefined) return await work();
  const from = serverAddress(context.connection, context.io.env);
  const session = await context.session();
  const working = work();
  const answered = await Promise.race([working.then(() => true), sleep(SILENCE_MS, false, { ref: false })]);
  if (!answered && from.kind !== 'unix') await comeWhileWaiting(context, from, session, working);
  const code = await working;
  // By the old way, which may be gone by now, and with it every answer.
  const trial = await showTrial(session, AbortSignal.timeout(ATTEMPT_MS)).catch((error: unknown) => {
    if (isOutOfReach(error)) return { remainingSeconds: GUESSED_SECONDS, addresses: givenAddresses(context) };
    throw error;
  });
  if (trial === undefined || 'ended' in trial) return code;
  if (from.kind === 'unix') await waitOnHost(context, session);
  else await confirmFromOutside(context, from, session, trial);
  return code;
};

/** The reply may be lost with the connection it was asked by: knocks where the host should be now, so that it is not taken back meanwhile. */
const comeWhileWaiting = async (context: Context, from: ServerAddress, session: Session, working: Promise<unknown>): Promise<void> => {
  const given = givenAddresses(context);
  const over = working.then(
    () => true,
    () => true,
  );
  for (;;) {
    for (const host of given) await comeBy(context, from, host, session);
    if (await Promise.race([over, sleep(LOOK_MS, false, { ref: false })])) return;
  }
};
