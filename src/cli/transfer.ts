// Whole files between this machine and a server, as a task with progress. A file that comes is written aside, brought to the medium and
// only then given its name, so that what has the name is whole; a file that exists is not written over. '' and `-` are stdin and stdout.

import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { download, type FileTarget, TransferRefused, upload } from '../client/files.ts';
import { systemCode } from '../client/errors.ts';
import { type TaskProgress, watchTask } from '../client/tasks.ts';
import { HttpTransport } from '../client/transport.ts';
import type { Ref } from '../lib/brand.ts';
import { isXenError, XenError } from '../model/error.ts';
import type { Context } from './context.ts';
import { CommandError, PlainError } from './exit.ts';
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

/** Fetches a file. Resolves with the result of the task. */
export const fetchFile = async (context: Context, transfer: Transfer, filename: string): Promise<string> =>
  await asTask(context, transfer, async (target, show) => {
    const sink = isStandardStream(filename) ? undefined : await openAside(filename);
    try {
      const { body, totalBytes } = await download(target);
      let doneBytes = 0;
      for await (const chunk of body) {
        await (sink === undefined ? context.io.writeBytes(chunk) : sink.file.writeFile(chunk));
        doneBytes += chunk.length;
        show(doneBytes, totalBytes);
      }
    } catch (error) {
      await sink?.discard();
      throw error;
    }
    return sink;
  });

/** Sends a file. Resolves with the result of the task. */
export const sendFile = async (context: Context, transfer: Transfer, filename: string): Promise<string> =>
  await asTask(context, transfer, async (target, show) => {
    if (isStandardStream(filename)) {
      await upload(target, counted(context.io.readBytes(), undefined, show), undefined);
      return undefined;
    }
    await using file = await openForReading(filename);
    const stat = await file.stat();
    const totalBytes = stat.isFile() ? stat.size : undefined;
    await upload(target, counted(file.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES }), totalBytes, show), totalBytes);
    return undefined;
  });

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

interface Aside {
  readonly file: FileHandle;
  /** Gives the file its name, when all of it is on the medium. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

const asTask = async (
  context: Context,
  transfer: Transfer,
  move: (target: FileTarget, show: Show) => Promise<Aside | undefined>,
): Promise<string> => {
  const session = await context.session();
  const server = await serverOf(context, transfer.host);
  const task = await session.call('task.create', { label: transfer.title, description: '' });
  const stopping = new AbortController();
  const stop = context.io.onInterrupt(() => stopping.abort(new CommandError('Stopped.')));
  const bar = transfer.meter ?? (await barFor(context, transfer.title));
  const query = { ...transfer.query, session_id: session.ref, task_id: task };
  const path = `${transfer.path}?${Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')}`;
  let aside: Aside | undefined;
  try {
    const show: Show = (doneBytes, totalBytes) =>
      bar?.show({
        fraction: totalBytes === undefined || totalBytes === 0 ? 0 : doneBytes / totalBytes,
        phase: undefined,
        doneBytes,
        totalBytes,
      });
    aside = await move({ ...server, path, signal: stopping.signal }, show);
    const result = await watchTask(session, task, { signal: stopping.signal });
    await aside?.keep();
    return result;
  } catch (error) {
    await aside?.discard();
    throw await reasonOf(context, task, error);
  } finally {
    bar?.end();
    stop();
    await forget(context, task);
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

const openForReading = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fileError(path, error);
  }
};

const openAside = async (path: string): Promise<Aside> => {
  const made = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await (await open(path, 'r')).close();
    throw Object.assign(new Error('exists'), { code: 'EEXIST' });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw fileError(path, error);
  }
  const file = await open(made, 'wx', 0o600).catch((error: unknown) => {
    throw fileError(path, error);
  });
  const discard = async (): Promise<void> => {
    await file.close();
    await rm(made, { force: true });
  };
  const keep = async (): Promise<void> => {
    await file.sync();
    await file.close();
    await nameIt(made, path);
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  };
  return { file, keep, discard };
};

/** A link is refused where the name is taken meanwhile; file systems without links get a rename. */
const nameIt = async (made: string, path: string): Promise<void> => {
  try {
    await link(made, path);
    await rm(made);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(systemCode(error) ?? '')) throw fileError(path, error);
    await rename(made, path);
  }
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
};

const fileError = (path: string, error: unknown): unknown => {
  const code = systemCode(error);
  return code === undefined ? error : new PlainError(`Operation failed. Error: ${path}: ${reasons[code] ?? code}`, { cause: error });
};
