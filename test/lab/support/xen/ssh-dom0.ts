// A dom0 that is another machine: its programs over ssh, its unix sockets through forwards of the same connection. The driver under test runs here, at
// full speed, on a Xen that is emulated there.

import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dom0, localDom0 } from '../../../../src/drivers/hypervisor/xen/dom0.ts';
import { openSocket } from '../../../../src/drivers/hypervisor/qmp/monitor.ts';
import { lastingShell } from './lasting-shell.ts';
import { converse, runTool, ToolError, type ToolOptions } from '../../../../src/drivers/tool.ts';

export interface SshPlace {
  readonly port: number;
  readonly keyPath: string;
  /** A short directory of its own for sockets. */
  readonly directory: string;
}

export interface SshDom0 extends Dom0 {
  /** Runs a shell's line. */
  sh(line: string, options?: ToolOptions): Promise<string>;
  /** The path of a socket here that leads to one there, as long as the connection lasts. */
  forward(path: string, signal?: AbortSignal): Promise<string>;
  /** Copies a file of this machine to it. */
  copy(from: string, to: string): Promise<void>;
  /** Ends the connection. */
  close(): Promise<void>;
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const MISSING = 44;

export const sshDom0 = ({ port, keyPath, directory }: SshPlace): SshDom0 => {
  const control = join(directory, `ssh-${port}`);
  const base = [
    ...['-q', '-i', keyPath, '-p', String(port)],
    ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'ConnectTimeout=60', 'ServerAliveInterval=60'].flatMap(each => [
      '-o',
      each,
    ]),
    ...['ControlMaster=auto', `ControlPath=${control}`, 'ControlPersist=600'].flatMap(each => ['-o', each]),
  ];
  const host = 'root@127.0.0.1';

  const sh = async (line: string, options: ToolOptions = {}): Promise<string> =>
    runTool('ssh', [...base, host, line], { ...options, outlives: true });

  const shell = lastingShell(() => converse('ssh', [...base, host, 'exec sh']));

  const forward = async (path: string, signal?: AbortSignal): Promise<string> => {
    const near = join(directory, `${randomUUID().slice(0, 8)}.sock`);
    await runTool('ssh', [...base, '-O', 'forward', '-L', `${near}:${path}`, host], { ...(signal && { signal }), outlives: true });
    return near;
  };

  return {
    sh,
    forward,
    async run(program, args, options) {
      try {
        return await sh([program, ...args].map(quote).join(' '), options);
      } catch (error) {
        if (error instanceof ToolError) throw new ToolError(program, error.exitCode, error.stderr, error.stdout);
        throw error;
      }
    },
    converse: (program, args) => converse('ssh', [...base, host, [program, ...args].map(quote).join(' ')]),
    async listen(path, onConnection) {
      const near = join(directory, `${randomUUID().slice(0, 8)}.sock`);
      const listening = await localDom0.listen(near, onConnection);
      await sh(`rm -f ${quote(path)}`);
      await runTool('ssh', [...base, '-O', 'forward', '-R', `${path}:${near}`, host], { outlives: true });
      return {
        async close() {
          await runTool('ssh', [...base, '-O', 'cancel', '-R', `${path}:${near}`, host], { outlives: true });
          await listening.close();
        },
      };
    },
    async connect(path, signal) {
      const near = await forward(path, signal);
      const socket = await openSocket(near, signal);
      socket.once('close', () => void rm(near, { force: true }));
      return socket;
    },
    async readText(path) {
      try {
        return await shell.ask(`[ -e ${quote(path)} ] || exit ${MISSING}; exec cat ${quote(path)}`);
      } catch (error) {
        if (error instanceof ToolError && error.exitCode === MISSING) return undefined;
        throw error;
      }
    },
    async writeText(path, text, mode) {
      const partial = quote(`${path}.new`);
      const set = mode === 0o600 ? 'umask 077' : `umask 077; >${partial}; chmod ${mode.toString(8)} ${partial}`;
      await shell.ask(`${set}; printf '%s' ${quote(text)} >${partial} && exec mv ${partial} ${quote(path)}`);
    },
    async makeDirectory(path) {
      await shell.ask(`[ -d ${quote(path)} ] || exec mkdir -p -m 700 ${quote(path)}`);
    },
    async list(path) {
      const text = await shell.ask(`[ ! -e ${quote(path)} ] || exec ls -A ${quote(path)}`);
      return text.split('\n').filter(name => name !== '');
    },
    async remove(path) {
      await shell.ask(`[ ! -e ${quote(path)} ] || exec rm -rf ${quote(path)}`);
    },
    async copy(from, to) {
      const content = await readFile(from);
      await sh(`base64 -d >${quote(to)}`, { input: content.toString('base64') });
    },
    async close() {
      await shell.close();
      await runTool('ssh', [...base, '-O', 'exit', host]).catch((error: unknown) => {
        if (!(error instanceof ToolError)) throw error;
      });
    },
  };
};
