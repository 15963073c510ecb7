// Every recorded call of the API, single and in sequences, over HTTP against a hostd that serves the recorded pool.

import { test } from '@jest/globals';
import { parseMethodResponse } from '../../src/wire/xmlrpc.ts';
import { wireDifferences } from './differences.ts';
import { PASSWORD, type PoolServer, servePool } from './pool-server.ts';
import { callSequences, singleCalls, type WireCase } from './recordings.ts';
import { holdTo } from './hold.ts';
import { createTally } from './tally.ts';
import { type Bindings, difference, fill, sameText } from './wire-compare.ts';

/** The time that a call for events waits when there are none: the recorder was patient. */
const LONG_WAIT = /(event\.from.*(?:,|<double>))[15]\.0|(event\.from.*, *)[15](?=\])/s;
const SHORT_WAIT = '$1$20.02';

const urlOf = ({ remote }: PoolServer): string => (remote.kind === 'unix' ? '' : `http://${remote.host}:${remote.port}`);

const send = async (server: PoolServer, recorded: Omit<WireCase, 'id' | 'transport' | 'status' | 'response'>, bindings: Bindings) => {
  const text = (typeof recorded.request === 'string' ? recorded.request : JSON.stringify(recorded.request)).replace(LONG_WAIT, SHORT_WAIT);
  const method = recorded.method ?? 'POST';
  const body = method === 'POST' ? { body: fill(text, bindings) } : {};
  return await fetch(`${urlOf(server)}${recorded.path}`, { method, ...body });
};

interface JsonReply {
  readonly error?: { readonly message?: string };
  readonly result?: { readonly events?: unknown };
}

/** The many-side of a relation has the order in which the objects came, which a dump does not tell. */
const sortReferences = (xml: string): string =>
  xml.replace(/(?:<value>OpaqueRef:[^<]*<\/value>){2,}/g, list => (list.match(/<value>[^<]*<\/value>/g) ?? []).sort().join(''));

const withoutTasks = (reply: JsonReply): unknown => {
  const { result } = reply;
  if (!Array.isArray(result?.events)) return reply;
  return { ...reply, result: { ...result, events: result.events.filter((event: { readonly class?: string }) => event.class !== 'task') } };
};

const xmlDifference = (expected: string, found: string, bindings: Bindings): string | undefined => {
  const code = '<value>INTERNAL_ERROR</value>';
  if (expected.includes(code) && found.includes(code)) return undefined;
  // Counts of objects differ between the servers, and so does the order of their classes.
  if (expected.includes('valid_ref_counts')) return difference(parseMethodResponse(expected), parseMethodResponse(found), bindings);
  return sameText(sortReferences(expected), sortReferences(found), bindings) ? undefined : `${fill(expected, bindings)}\n${found}`;
};

const jsonDifference = (recorded: WireCase, text: string, bindings: Bindings): string | undefined => {
  const expected = recorded.response as JsonReply;
  const found: JsonReply = JSON.parse(text);
  const codes = [expected.error?.message, found.error?.message];
  // What is wrong inside a server, or with an expression, is said in words of its own.
  const ownWords = ['INTERNAL_ERROR', ...(recorded.id.startsWith('where.') ? ['INVALID_VALUE'] : [])];
  if (ownWords.some(code => codes.every(each => each === code))) return undefined;
  // Which tasks come and go beside a call is the server's own affair.
  const all = JSON.stringify(recorded.request).includes('["*"]');
  return difference(all ? withoutTasks(expected) : expected, all ? withoutTasks(found) : found, bindings);
};

const compare = async (server: PoolServer, recorded: WireCase, bindings: Bindings): Promise<string | undefined> => {
  const reply = await send(server, recorded, bindings);
  const text = await reply.text();
  if (reply.status !== recorded.status) return `status ${recorded.status} but ${reply.status}: ${text.slice(0, 300)}`;
  if (recorded.status === 500) return undefined;
  for (const [name, value] of Object.entries(recorded.headers ?? {})) {
    // The recorded length is that of a text before its placeholders.
    if (name !== 'content-length' && name !== 'connection' && reply.headers.get(name) !== value)
      return `header ${name}: ${value} but ${reply.headers.get(name)}`;
  }
  return recorded.transport === 'xmlrpc' || typeof recorded.response === 'string'
    ? xmlDifference(String(recorded.response), text, bindings)
    : jsonDifference(recorded, text, bindings);
};

const call = async (server: PoolServer, method: string, params: readonly unknown[]): Promise<unknown> => {
  const request = { jsonrpc: '2.0', method, params, id: 1 };
  const reply = await send(server, { path: '/jsonrpc', request }, new Map());
  const { result } = (await reply.json()) as { readonly result: unknown };
  return result;
};

/** Resolves when the task has ended, if it was recorded as ended: the recorder waited. */
const ended = async (server: PoolServer, recorded: WireCase, bindings: Bindings): Promise<void> => {
  const { method, params = [] } = recorded.request as { readonly method?: string; readonly params?: readonly string[] };
  const status = (recorded.response as { readonly result?: { readonly status?: string } }).result?.status;
  if (method !== 'task.get_record' || status === undefined || status === 'pending') return;
  const [session, task] = params.map(text => fill(text, bindings));
  while ((await call(server, 'task.get_status', [session, task])) === 'pending')
    await call(server, 'event.from', [session, [`task/${task}`], '', 0.05]);
};

const login = async (server: PoolServer): Promise<Bindings> => {
  const session = await call(server, 'session.login_with_password', ['root', PASSWORD]);
  return new Map([
    ['password', PASSWORD],
    ['session', String(session)],
  ]);
};

/** The token that the first step, which is not among the recordings, would have bound. */
const taskToken = async (server: PoolServer, session: string): Promise<string> => {
  const { token } = (await call(server, 'event.from', [session, ['task'], '', 0])) as { readonly token: string };
  return token;
};

test('recorded single calls', async () => {
  await using server = await servePool('A');
  const tally = createTally();
  const bindings = await login(server);
  for (const recorded of singleCalls()) {
    if (recorded.status === null) continue;
    tally.add(recorded.id.split('.')[0] ?? '', recorded.id, await compare(server, recorded, new Map(bindings)));
  }
  holdTo(tally, wireDifferences, 0.95);
}, 120_000);

test('recorded sequences of calls', async () => {
  await using server = await servePool('B');
  const tally = createTally();
  let sequence = '';
  let bindings: Bindings = new Map();
  for (const recorded of callSequences()) {
    const name = recorded.id.split('.')[0] ?? '';
    if (name !== sequence) {
      sequence = name;
      bindings = await login(server);
      if (name === 'task-events') bindings.set('token1', await taskToken(server, bindings.get('session') ?? ''));
    }
    await ended(server, recorded, bindings);
    if (recorded.status !== null) tally.add(name, recorded.id, await compare(server, recorded, bindings));
  }
  holdTo(tally, wireDifferences, 0.95);
}, 120_000);
