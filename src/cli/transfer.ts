// Whole files between this machine and a server, as a task with progress. '' and `-` are stdin and stdout.

import { download, type FileTarget, TransferRefused, upload } from '../client/files.ts';
import { ConnectionError, type ConnectionProblem } from '../client/errors.ts';
import { type TaskProgress, watchTask } from '../client/tasks.ts';
import { HttpTransport } from '../client/transport.ts';
import type { Ref } from '../lib/brand.ts';
import { systemClock } from '../lib/clock.ts';
import { type Backoff, backoffMs } from '../lib/retry.ts';
import { untilAborted } from '../lib/until-aborted.ts';
import { isXenError, XenError } from '../model/error.ts';
import type { Context } from './context.ts';
import { CommandError } from './exit.ts';
import { openAside, openForReading, type Sink, standardSink } from './file-sink.ts';
import { thisHost } from './lookup.ts';

export interface Transfer {
  /** Of the server, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names the task, and the bar. */
  readonly title: string;
  /** The host that has the file; left out: the server of the session. */
  readonly host?: Ref<'host'>;
  /** Drawn in place of the bar for terminals. */
  readonly meter?: { show(progress: TaskProgress): void; end(): void };
}

export const isStandardStream = (filename: string): boolean => filename === '' || filename === '-';

/** How far a file that comes is. */
interface Coming {
  doneBytes: number;
  /** Of the file as the server has it, where it gives out parts. */
  etag: string | undefined;
}

/** Breaks without a byte between them. */
const MAX_BREAKS = 5;
const breakBackoff: Backoff = { firstMs: 500, maxMs: 10_000, factor: 2, jitter: 0.5 };

/** Fetches a file; where the server lets it, a connection that breaks is made anew and goes on from there. Resolves with the result of the task. */
export const fetchFile = (context: Context, transfer: Transfer, filename: string): Promise<string> =>
  untilInterrupted(context, async signal => {
    const sink = isStandardStream(filename) ? standardSink(context.io) : await openAside(filename);
    try {
      const result = await fetchInto(context, transfer, sink, signal);
      await sink.keep();
      return result;
    } catch (error) {
      await sink.discard();
      throw error;
    }
  });

const fetchInto = async (context: Context, transfer: Transfer, sink: Sink, signal: AbortSignal): Promise<string> => {
  const coming: Coming = { doneBytes: 0, etag: undefined };
  for (let breaks = 1; ; breaks += 1) {
    const before = coming.doneBytes;
    try {
      return await asTask(context, transfer, signal, (target, show) => fetchRest(target, sink, coming, show));
    } catch (error) {
      if (coming.doneBytes > before) breaks = 1;
      if (coming.etag === undefined || !mayGoOn(error) || breaks >= MAX_BREAKS) throw error;
      await systemClock.sleep(backoffMs(breakBackoff, breaks, Math.random()), { signal });
    }
  }
};

/** Of connections: what may be over in a moment. */
const passing: ReadonlySet<ConnectionProblem> = new Set(['lost', 'refused', 'timeout']);
/** Of servers: that we left, or that they did not notice yet. */
const ours: ReadonlySet<string> = new Set(['CLIENT_ERROR', 'OTHER_OPERATION_IN_PROGRESS']);

/** Whether a download that was under way may be tried once more. */
const mayGoOn = (error: unknown): boolean =>
  (error instanceof ConnectionError && passing.has(error.problem)) || (isXenError(error) && ours.has(error.code));

const fetchRest = async (target: FileTarget, sink: Sink, coming: Coming, show: Show): Promise<void> => {
  const { etag, doneBytes } = coming;
  const {
    body,
    totalBytes,
    startBytes,
    etag: now,
  } = await download(target, etag === undefined ? undefined : { fromBytes: doneBytes, etag });
  if (startBytes < doneBytes) await sink.restart();
  coming.etag = now;
  coming.doneBytes = startBytes;
  for await (const chunk of body) {
    await sink.write(chunk);
    coming.doneBytes += chunk.length;
    show(coming.doneBytes, totalBytes);
  }
};

/** Sends a file. Resolves with the result of the task. */
export const sendFile = (context: Context, transfer: Transfer, filename: string): Promise<string> =>
  untilInterrupted(context, signal => asTask(context, transfer, signal, (target, show) => sendAll(context, filename, target, show)));

const sendAll = async (context: Context, filename: string, target: FileTarget, show: Show): Promise<void> => {
  if (isStandardStream(filename)) return await upload(target, counted(context.io.readBytes(), undefined, show), undefined);
  await using file = await openForReading(filename);
  const stat = await file.stat();
  const totalBytes = stat.isFile() ? stat.size : undefined;
  await upload(target, counted(file.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES }), totalBytes, show), totalBytes);
};

const CHUNK_BYTES = 256 * 1024;

type Show = (doneBytes: number, totalBytes: number | undefined) => void;

async function* counted(body: AsyncIterable<Uint8Array>, totalBytes: number | undefined, show: Show): AsyncGenerator<Uint8Array> {
  let doneBytes = 0;
  for await (const chunk of body) {
    yield chunk;
    doneBytes += chunk.length;
    show(doneBytes, totalBytes);
  }
}

const asTask = async (
  context: Context,
  transfer: Transfer,
  signal: AbortSignal,
  move: (target: FileTarget, show: Show) => Promise<void>,
): Promise<string> => {
  const session = await untilAborted(context.session(), signal);
  const server = await untilAborted(serverOf(context, transfer.host), signal);
  const task = await untilAborted(session.call('task.create', { label: transfer.title, description: '' }), signal);
  const bar = transfer.meter ?? (await barFor(context, transfer.title));
  const query = { ...transfer.query, session_id: session.ref, task_id: task };
  const path = `${transfer.path}?${Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')}`;
  try {
    const show: Show = (doneBytes, totalBytes) =>
      bar?.show({
        fraction: totalBytes === undefined || totalBytes === 0 ? 0 : doneBytes / totalBytes,
        phase: undefined,
        doneBytes,
        totalBytes,
      });
    await move({ ...server, path, signal }, show);
    return await watchTask(session, task, { signal });
  } catch (error) {
    throw await reasonOf(context, task, error);
  } finally {
    bar?.end();
    await forget(context, task);
  }
};

/** The work, ended by the user's Ctrl-C; a second one ends the program, whatever is left. */
const untilInterrupted = async <T>({ io }: Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const stopping = new AbortController();
  const stop = io.onInterrupt(() => {
    stop();
    stopping.abort(new CommandError('Stopped.'));
  });
  try {
    return await work(stopping.signal);
  } finally {
    stop();
  }
};

const barFor = async ({ io, out }: Context, title: string) => {
  if (!io.stderr.isTTY || out.isMinimal) return undefined;
  const { progressBar } = await import('./render/progress.ts');
  return progressBar(title, io.stderr, io.env['NO_COLOR'] === undefined || io.env['NO_COLOR'] === '');
};

const serverOf = async (context: Context, host: Ref<'host'> | undefined): Promise<Omit<FileTarget, 'path'>> => {
  const session = await context.session();
  const own = session.transport;
  if (!(own instanceof HttpTransport)) throw new CommandError('Files need a server');
  if (host === undefined || host === (await thisHost(session))) return own.fileServer();
  const other = own.redirect(await session.call('host.get_address', { self: host }));
  return other instanceof HttpTransport ? other.fileServer() : own.fileServer();
};

/** What the server says of the failure counts more than what was seen of it from here. */
const reasonOf = async (context: Context, task: Ref<'task'>, error: unknown): Promise<unknown> => {
  const [code, ...params] = await errorOf(context, task);
  if (code !== undefined && code !== '') return new XenError(code, params);
  if (error instanceof TransferRefused) return new CommandError(`The server refuses this transfer: ${error.message}`, { cause: error });
  return error;
};

const errorOf = async (context: Context, self: Ref<'task'>): Promise<readonly string[]> => {
  const session = await context.session();
  try {
    const record = await session.call('task.get_record', { self });
    if (record.status === 'pending') await session.call('task.cancel', { task: self });
    if (record.status === 'cancelling' || record.status === 'cancelled') return ['TASK_CANCELLED', self];
    return record.status === 'failure' ? record.error_info : [];
  } catch (error) {
    if (isXenError(error)) return [];
    throw error;
  }
};

const forget = async (context: Context, self: Ref<'task'>): Promise<void> => {
  try {
    await (await context.session()).call('task.destroy', { self });
  } catch (error) {
    // The outcome is known; a task that is gone already, or whose server is, changes nothing.
    if (!(error instanceof Error)) throw error;
  }
};
