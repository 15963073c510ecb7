// A plain JSON-RPC caller over a unix socket or TCP with one kept connection: the bench measures the server, not our client.

import { Agent, request } from 'node:http';

export interface Rpc {
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  close(): void;
}

export function openRpc(where: { readonly socketPath: string }, path = '/jsonrpc'): Rpc {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let id = 0;
  const post = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const req = request({ ...where, agent, path, method: 'POST', headers }, res => {
        const parts: Buffer[] = [];
        res.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
      });
      req.on('error', reject).end(body);
    });
  return {
    async call(method, ...params) {
      id += 1;
      const reply = JSON.parse(await post(JSON.stringify({ jsonrpc: '2.0', id, method, params }))) as {
        result?: unknown;
        error?: { message: string; data: unknown };
      };
      if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message} ${JSON.stringify(reply.error.data)}`);
      return reply.result;
    },
    close: () => agent.destroy(),
  };
}

export const login = async (rpc: Rpc): Promise<string> =>
  String(await rpc.call('session.login_with_password', 'root', '', '1.0', 'xcp-bench'));
