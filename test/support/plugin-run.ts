// The command line beside a server that answers one plugin of a host, and what it asked that plugin.

import type { RpcRequest } from '../../src/client/transport.ts';
import { runCli } from '../../src/cli/main.ts';
import { FakeServer } from './fake-server.ts';
import { testIo } from './test-io.ts';

export const HOST = '33333333-3333-3333-3333-333333333333';
const records = { host: { 'OpaqueRef:h': { uuid: HOST, name_label: 'one', hostname: 'one' } } };

/** `answer` is what the plugin says, or the error with which it fails. */
export const runWithPlugin = async (line: string, answer: object, programName = 'xcp') => {
  const said = ({ method }: RpcRequest): unknown => {
    if (method === 'session.get_this_host') return 'OpaqueRef:h';
    if (method !== 'host.call_plugin') return undefined;
    if (answer instanceof Error) throw answer;
    return JSON.stringify(answer);
  };
  const transport = new FakeServer(records, { answer: said });
  const io = testIo({ transport, env: { HOME: '/nonexistent' } });
  const code = await runCli(line.split(' '), { ...io, programName });
  const asked = transport.requests.filter(({ method }) => method === 'host.call_plugin').map(({ params }) => params.slice(1));
  return { ...io.output, code, asked };
};
