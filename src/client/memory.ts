// The small file in which is written which servers speak XML-RPC only. Losing it costs one more request per command, nothing else.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './errors.ts';
import type { ProtocolMemory } from './transport.ts';

/** The file holds the address of one XML-RPC server a line. */
const MAX_SERVERS = 500;

export const protocolMemory = (path: string): ProtocolMemory => {
  const read = async (): Promise<readonly string[]> => {
    try {
      return (await readFile(path, 'utf8')).split('\n').filter(line => line !== '');
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return [];
    }
  };
  return {
    recall: async server => ((await read()).includes(server) ? 'xml' : undefined),
    remember: async (server, protocol) => {
      const others = (await read()).filter(line => line !== server);
      const lines = protocol === 'xml' ? [...others, server] : others;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, `${lines.slice(-MAX_SERVERS).join('\n')}\n`);
      } catch (error) {
        // A read-only home is no reason to fail a command; the next one asks the server again.
        if (systemCode(error) === undefined) throw error;
      }
    },
  };
};
