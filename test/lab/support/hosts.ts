// Real hosts for the labs: started from the shipped executable in folders of their own, with everything they leave removed at the end.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, runXcp, startHost, stopHost, type Host, type HostOptions } from '../../../tools/hosts/host.ts';

export const password = 'a lab password: åß ,\\ "';

export interface LabHost extends AsyncDisposable {
  readonly host: Host;
  /** One command that must succeed; resolves with its trimmed output. */
  xcp(...args: readonly string[]): Promise<string>;
  /** Ends hostd as asked and starts it again on the same folder, ports and addresses. */
  restart(signal?: NodeJS.Signals, env?: NodeJS.ProcessEnv): Promise<void>;
}

export async function labHost(name: string, options: Partial<HostOptions> = {}): Promise<LabHost> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), `xl-${name}-`));
  const base = { ...options, name, folder, args: ['--network', 'user', '--log-level', 'debug', ...(options.args ?? [])] };
  setPassword(folder);
  let host = await startHost(base);
  return {
    get host() {
      return host;
    },
    xcp: (...args) => must(host, ...args),
    async restart(signal = 'SIGTERM', env) {
      await stopHost(host, signal);
      host = await startHost({ ...base, tlsPort: host.tlsPort, env: { ...base.env, ...env } });
    },
    async [Symbol.asyncDispose]() {
      const guests = await runXcp(['vm-list', 'is-control-domain=false', 'params=uuid', '--minimal'], { server: host.server });
      for (const uuid of guests.stdout.trim().split(','))
        if (uuid !== '') await runXcp(['vm-shutdown', `uuid=${uuid}`, '--force'], { server: host.server });
      await stopHost(host);
      for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The users file of a host that is not running yet; the password goes in by standard input. */
function setPassword(folder: string): void {
  execFileSync(join(import.meta.dirname, '../../../bin/xcp'), ['hostd', 'passwd', 'root', '--state-dir', folder], {
    input: `${password}\n`,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

/** Every process of the machine whose command line names the folder: QEMUs, exports, copies. */
export function processesOf(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(pid => existsSync(`/proc/${pid}/cmdline`) && commandLine(pid).includes(folder))
    .map(Number);
}

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    // It ended between the listing and the look.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH') return '';
    throw error;
  }
};
