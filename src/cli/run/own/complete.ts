// `__complete class=CLASS`: uuids and names of a class for the completion of a shell, a line each; with `keys=FIELD` the keys of a map that
// its objects have. It answers at once from a small file of
// this user and this server; when that is old, the server is asked for no longer than a keystroke may wait, and a process of its own
// brings the file up to date.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../../../client/errors.ts';
import type { Context, Handler } from '../../context.ts';
import { cliClasses, isCliClass, type CliClassName, loadRecord } from '../../records/classes.ts';
import { fetchRecords } from '../../records/fetch.ts';
import { asRecord } from '../../records/objects.ts';
import { fieldsOf, isMap } from '../../records/spec.ts';
import { UsageError } from '../../exit.ts';

const FRESH_MS = 5_000;
const PATIENCE_MS = 80;
const OWNER_ONLY = 0o600;
const OWNER_FOLDER = 0o700;
const TYPE_AND_OTHERS = 0o77;

export const complete: Handler = async context => {
  const cls = context.args.text('class');
  if (!isCliClass(cls)) throw new UsageError(`There is no class '${cls}'`);
  const wanted: Wanted = { cls, keys: context.args.get('keys') };
  const path = cachePath(context, wanted);
  const kept = readKept(path);
  if (kept?.isFresh === true) {
    context.out.direct(kept.text);
    return;
  }
  if (context.args.has('refresh')) {
    await write(path, await linesOf(context, wanted));
    return;
  }
  const fresh = await inTime(linesOf(context, wanted));
  if (fresh === undefined) refreshApart(context, wanted);
  else await write(path, fresh);
  context.out.direct(fresh ?? kept?.text ?? '');
};

interface Wanted {
  readonly cls: CliClassName;
  /** A map of the class; left out: its objects. */
  readonly keys: string | undefined;
}

/** Server and user are part of the name, so that nobody is shown what another may see. */
const cachePath = ({ connection, io }: Context, { cls, keys }: Wanted): string => {
  const { server, port, userName, passwordFile } = connection;
  const whose = JSON.stringify([server ?? io.env['XCP_SERVER'], port, userName, passwordFile, process.getuid?.(), keys]);
  const folder = io.env['XDG_CACHE_HOME'] ?? join(io.env['HOME'] ?? homedir(), '.cache');
  return join(folder, 'xcp', 'complete', `${createHash('sha256').update(whose).digest('hex').slice(0, 16)}-${cls}`);
};

interface Kept {
  readonly text: string;
  readonly isFresh: boolean;
}

/** Nothing that others could have read or written counts. */
const readKept = (path: string): Kept | undefined => {
  try {
    const { mode, mtimeMs, uid } = statSync(path);
    if ((mode & TYPE_AND_OTHERS) !== 0 || uid !== (process.getuid?.() ?? uid)) return undefined;
    return { text: readFileSync(path, 'utf8'), isFresh: Math.abs(Date.now() - mtimeMs) < FRESH_MS };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
};

const write = async (path: string, text: string): Promise<void> => {
  const folder = join(path, '..');
  const aside = `${path}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_FOLDER });
    await chmod(folder, OWNER_FOLDER);
    await writeFile(aside, text, { mode: OWNER_ONLY });
    await rename(aside, path);
  } catch (error) {
    // A read-only home costs speed, not the completion.
    if (systemCode(error) === undefined) throw error;
  }
};

const linesOf = async (context: Context, { cls, keys }: Wanted): Promise<string> => {
  const { api, record: name, filters = [] } = cliClasses[cls];
  const field = keys === undefined ? undefined : fieldsOf(await loadRecord(name)).find(each => each.name === keys && isMap(each));
  if (keys !== undefined && field === undefined) throw new UsageError(`The class ${cls} has no map '${keys}'`);
  const records = await fetchRecords(await context.session(), api);
  if (field !== undefined) return keysOf(records.map(([, record]) => record[field.source]));
  return records
    .filter(([, record]) => filters.every(([field, value]) => String(record[field.replaceAll('-', '_')]) === value))
    .filter(([, record]) => cls !== 'vm' || record['is_control_domain'] !== true)
    .map(([, record]) => `${oneLine(record['uuid'])}\t${oneLine(record['name_label'])}\n`)
    .join('');
};

const keysOf = (maps: readonly unknown[]): string =>
  [...new Set(maps.flatMap(map => Object.keys(asRecord(map) ?? {})))]
    .toSorted()
    .map(key => `${oneLine(key)}\n`)
    .join('');

const oneLine = (value: unknown): string => (typeof value === 'string' ? value.replaceAll(/\p{Cc}/gu, ' ') : '');

const inTime = async (lines: Promise<string>): Promise<string | undefined> => {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), PATIENCE_MS);
  try {
    return await Promise.race([lines, late.promise]);
  } catch (error) {
    // A server that says no has nothing to complete; the command itself will tell why.
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

/** The same again, in the background and with time. A password stays out of its arguments: it has the environment and ~/.xe. */
const refreshApart = ({ connection, io }: Context, { cls, keys }: Wanted): void => {
  const { server, port, userName, passwordFile } = connection;
  const where = [
    ...(server === undefined ? [] : ['-s', server]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(userName === undefined ? [] : ['-u', userName]),
    ...(passwordFile === undefined ? [] : ['-pwf', passwordFile]),
  ];
  const script = process.argv[1] ?? '';
  const program = /\.[jt]s$/.test(script) && !script.startsWith('/$bunfs') ? [script] : [];
  const child = spawn(
    process.execPath,
    [...program, ...where, '__complete', `class=${cls}`, ...(keys === undefined ? [] : [`keys=${keys}`]), 'refresh=true'],
    {
      detached: true,
      stdio: 'ignore',
      env: { ...io.env },
    },
  );
  child.on('error', () => undefined);
  child.unref();
};
