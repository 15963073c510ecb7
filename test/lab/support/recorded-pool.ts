// A recorded pool served by the shipped program, and the shipped program by the name of `xe` to type commands at it: a process for each.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword, writeUsers } from '../../../src/hostd/auth/users.ts';
import { poolFile } from '../../golden/recordings.ts';
import type { ServePool } from '../../golden/replay.ts';
import { runProgram, startSimulatedHost } from '../../support/program.ts';

const PASSWORD = 'recorded-password';
const LIMIT_MS = 60_000;

let passwordHash: ReturnType<typeof hashPassword> | undefined;

export const byProgram: ServePool = async pool => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-recorded-'));
  const stateDir = join(folder, 'state');
  await mkdir(stateDir);
  passwordHash ??= hashPassword(PASSWORD);
  await writeUsers(stateDir, new Map([['root', { role: 'pool-admin', hash: await passwordHash }]]));
  const host = await startSimulatedHost(folder, [
    '--records',
    poolFile(pool),
    '--listen',
    'tls:127.0.0.1:0',
    '--listen',
    'tcp:127.0.0.1:0',
  ]);
  const at = (kind: 'tls' | 'tcp'): string => new RegExp(`"address":"${kind}:(.+?)"`).exec(host.log())?.[1] ?? '';
  const [remote, plain] = [at('tls'), at('tcp')];
  // Its certificate is known from an earlier contact, as it is to whoever has worked with a server before.
  const config = { XDG_CONFIG_HOME: join(folder, 'config') };
  await runProgram(['-s', remote, '-u', 'root', '-pw', PASSWORD, 'host-list'], { env: { ...config, HOME: folder } });
  let commands = 0;
  return {
    names: new Map([
      ['password', PASSWORD],
      ['server', remote],
    ]),
    async run({ argv, env, rcfile, stdin = '', isRemote }) {
      commands += 1;
      const home = join(folder, `home-${commands}`);
      await mkdir(home);
      if (rcfile !== undefined) await writeFile(join(home, '.xe'), rcfile);
      // The recorded server had both behind one name, each at its usual port.
      const typed = argv.some(word => word.includes('nossl')) ? argv.map(word => word.replace(remote, plain)) : argv;
      const said = await runProgram(typed, {
        called: 'xe',
        env: { ...config, HOME: home, ...(!isRemote && { XCP_SERVER: host.server }), ...env },
        stdin,
        timeoutMs: LIMIT_MS,
      });
      return { ...said, exit: said.exit ?? Number.NaN };
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
