// Recorded commands in this process: the quickest way to run thousands.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/main.ts';
import { HttpTransport } from '../../src/client/transport.ts';
import { testIo } from '../support/test-io.ts';
import { PASSWORD, servePool } from './pool-server.ts';
import type { ServePool } from './replay.ts';

/** One command at a time. */
export const inProcess: ServePool = async pool => {
  const home = await mkdtemp(join(tmpdir(), 'xcp-golden-home-'));
  const server = await servePool(pool);
  return {
    names: new Map([['password', PASSWORD]]),
    async run({ argv, env, rcfile = '', stdin, isRemote }) {
      await writeFile(join(home, '.xe'), rcfile);
      const io = testIo({
        env: { XCP_SERVER: `unix:${server.socket}`, ...env, HOME: home },
        ...(stdin !== undefined && { stdin }),
        ...(isRemote && { transport: new HttpTransport(server.remote) }),
      });
      const exit = await runCli(argv, io);
      return { ...io.output, exit };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
};
