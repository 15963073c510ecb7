// A server of whole files, as servers of this API are: JSON-RPC for the few calls that a transfer makes, GET and PUT beside it. A file
// that is sent is answered before it is read; what came of it is told by the task.

import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

export interface FileServerOptions {
  /** What GET answers: the head and the body as they go over the wire. The connection ends behind them. Several: one after the other. */
  readonly get?: string | readonly string[];
  /** The state of the task when the connection of the file has ended. */
  readonly task?: { readonly status: 'success' | 'failure' | 'pending'; readonly error_info?: readonly string[]; readonly result?: string };
}

export interface FileServer extends AsyncDisposable {
  readonly path: string;
  /** The request lines of files, and the bytes that were sent. */
  readonly requests: string[];
  /** The heads of those that asked for files. */
  readonly heads: string[];
  readonly received: () => string;
}

export const startFileServer = async (folder: string, options: FileServerOptions): Promise<FileServer> => {
  const path = join(folder, 'files');
  const requests: string[] = [];
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  let received = Buffer.alloc(0);
  const record = { uuid: 't', status: 'success', progress: 1, result: '', error_info: [], other_config: {}, ...options.task };
  const answer = (method: string): unknown => {
    if (method === 'event.from')
      return {
        token: '1',
        valid_ref_counts: {},
        events: [{ id: '1', class: 'task', operation: 'mod', ref: 'task-ref', snapshot: record }],
      };
    if (method === 'task.get_record') return record;
    if (method === 'task.create') return 'task-ref';
    return method.endsWith('get_by_uuid') ? 'object-ref' : 'session-ref';
  };
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let bytes = Buffer.alloc(0);
    let wanted = 0;
    socket.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk]);
      if (wanted > 0) return take();
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const head = bytes.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (head.startsWith('POST')) {
        if (bytes.length < end + 4 + length) return undefined;
        const { method, id } = JSON.parse(bytes.toString('utf8', end + 4, end + 4 + length)) as { method: string; id: unknown };
        bytes = bytes.subarray(end + 4 + length);
        const body = JSON.stringify({ jsonrpc: '2.0', id, result: answer(method) });
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
        return undefined;
      }
      requests.push(head.split('\r\n')[0] ?? '');
      if (head.startsWith('GET')) {
        const answers = [options.get ?? ''].flat();
        heads.push(head);
        return void socket.end(answers[Math.min(heads.length, answers.length) - 1] ?? '');
      }
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
      bytes = bytes.subarray(end + 4);
      wanted = length === 0 ? Number.POSITIVE_INFINITY : length;
      return take();
    });
    socket.on('end', () => {
      if (wanted === Number.POSITIVE_INFINITY) received = bytes;
      socket.end();
    });
    const take = (): void => {
      if (bytes.length < wanted) return;
      received = bytes;
      socket.end();
    };
  });
  await new Promise<void>(resolve => server.listen(path, resolve));
  return {
    path,
    requests,
    heads,
    received: () => received.toString('utf8'),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
};
