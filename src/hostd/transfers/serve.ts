// Requests that carry a whole file: who asks, whether it is allowed, the task that tells how it goes, and the answer.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ToolError } from '../../drivers/tool.ts';
import type { Ref } from '../../lib/brand.ts';
import type { Logger } from '../../lib/logger.ts';
import { XenError } from '../../model/error.ts';
import type { Services } from '../../ops/context.ts';
import { toXenError } from '../../ops/errors.ts';
import type { Caller } from '../dispatch/answer.ts';
import { authenticate, Refused, statusOf } from '../http/access.ts';
import { checkRole } from '../rbac.ts';
import type { SessionTable } from '../sessions.ts';
import type { RunningTask, TaskTable } from '../tasks.ts';
import type { Spool } from './spool.ts';
import type { TransferJob } from './job.ts';
import { exportVdi, importVdi } from './vdi.ts';
import { exportMetadata, exportVm, importMetadata, importVm } from './vm.ts';
import { ClientLeft, type Download, downloadTo, type Exchange, type Upload, upgradedUpload, uploadFrom } from './wire.ts';

export interface Transfers {
  /** False if the request is none of these. */
  request(request: IncomingMessage, response: ServerResponse, caller: Caller): boolean;
  /** A PUT that asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void;
}

interface Options {
  readonly services: Services;
  readonly sessions: SessionTable;
  readonly tasks: TaskTable;
  readonly spool: Spool;
  readonly log: Logger;
}

/** What a task has for a result, as XML-RPC writes it. */
type Result = string | void;

const downloads: Readonly<Record<string, (job: TransferJob, to: Download) => Promise<Result>>> = {
  '/export_raw_vdi': exportVdi,
  '/export': exportVm,
  '/export_metadata': exportMetadata,
};
const uploads: Readonly<Record<string, (job: TransferJob, from: Upload) => Promise<Result>>> = {
  '/import_raw_vdi': importVdi,
  '/import': importVm,
  '/import_metadata': importMetadata,
};

export const createTransfers = (options: Options): Transfers => {
  const begin = (request: IncomingMessage, caller: Caller, exchange: Exchange, work: (job: TransferJob) => Promise<Result>): void => {
    transfer(options, request, caller, exchange, work).catch((error: unknown) => {
      if (!(error instanceof Refused) && !(error instanceof XenError))
        options.log.error('a transfer failed in an unforeseen way', { error });
      exchange.refuse(statusOf(error));
    });
  };
  return {
    request: (request, response, caller) => {
      const { pathname } = urlOf(request);
      const download = request.method === 'GET' ? downloads[pathname] : undefined;
      const upload = request.method === 'PUT' ? uploads[pathname] : undefined;
      if (download !== undefined) {
        const to = downloadTo(request, response);
        begin(request, caller, to, job => download(job, to));
      } else if (upload !== undefined) {
        const from = uploadFrom(request, response);
        begin(request, caller, from, job => upload(job, from));
      }
      return download !== undefined || upload !== undefined;
    },
    upgrade: (request, socket, head, caller) => {
      socket.on('error', error => options.log.debug('an upload broke off', { error }));
      const from = upgradedUpload(request, socket, head);
      const upload = request.method === 'PUT' ? uploads[urlOf(request).pathname] : undefined;
      if (upload === undefined) from.refuse('404 Not Found');
      else begin(request, caller, from, job => upload(job, from));
    },
  };
};

const urlOf = (request: IncomingMessage): URL => new URL(request.url ?? '/', 'http://localhost');

/** What fails before the task begins is thrown; after that the task tells it. */
const transfer = async (
  { services, sessions, tasks, spool, log }: Options,
  request: IncomingMessage,
  caller: Caller,
  exchange: Exchange,
  work: (job: TransferJob) => Promise<Result>,
): Promise<void> => {
  const url = urlOf(request);
  const session = authenticate(request, url, caller, sessions);
  const name = url.pathname.slice(1);
  if (session !== undefined) checkRole(session, 'vm-admin', `http/${request.method?.toLowerCase() ?? ''}_${name}`);
  const asked = url.searchParams.get('task_id');
  const task = asked === null || asked === '' ? await tasks.start(name, session?.userName ?? 'root') : tasks.join(asked as Ref<'task'>);
  log.info('a transfer begins', { what: name, user: session?.userName ?? 'root' });
  const signal = AbortSignal.any([exchange.signal, task.signal]);
  try {
    const result = await work({ services, spool, task, query: url.searchParams, signal });
    await tasks.finish(task.ref, { kind: 'success', result: result ?? '' });
    exchange.done();
  } catch (thrown) {
    // Streams tell only that they were ended; the signal knows why.
    const error: unknown = signal.aborted ? signal.reason : thrown;
    await fail({ tasks, log, task }, error);
    exchange.refuse(statusOf(toXenError(error)));
  }
};

const fail = async (
  { tasks, log, task }: { readonly tasks: TaskTable; readonly log: Logger; readonly task: RunningTask },
  error: unknown,
): Promise<void> => {
  const told = toXenError(error, { task: task.ref });
  if (told instanceof XenError) return await tasks.finish(task.ref, { kind: 'failure', error: told });
  if (error instanceof ClientLeft)
    return await tasks.finish(task.ref, { kind: 'failure', error: new XenError('CLIENT_ERROR', [error.message], { cause: error }) });
  // A file system that is full, a tool that is not installed.
  const known = error instanceof ToolError || (error instanceof Error && 'code' in error);
  if (!known) log.error('a transfer failed in an unforeseen way', { error });
  const reason = error instanceof Error ? error.message : String(error);
  await tasks.finish(task.ref, {
    kind: 'failure',
    error: new XenError(known ? 'VDI_IO_ERROR' : 'INTERNAL_ERROR', [reason], { cause: error }),
  });
};
