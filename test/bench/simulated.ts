// A simulated host with a given number of VMs, for the figures that are about the agent and the client alone.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost, stopHost, type Host } from '../../tools/hosts/host.ts';
import { login, openRpc, type Rpc } from './rpc.ts';

export interface Simulated extends AsyncDisposable {
  readonly host: Host;
  readonly rpc: Rpc;
  readonly session: string;
  /** Adds VMs until there are `count` that are no templates. */
  grow(count: number): Promise<void>;
}

export async function simulatedHost(): Promise<Simulated> {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-b'));
  const host = await startHost({ name: 'bench', folder, args: ['--simulate', '--log-level', 'warn'] });
  const rpc = openRpc({ socketPath: join(folder, 'xapi') });
  const session = await login(rpc);
  let made = 0;
  return {
    host,
    rpc,
    session,
    async grow(count) {
      const templates = (await rpc.call('VM.get_by_name_label', session, 'Other install media')) as readonly string[];
      const template = templates[0];
      if (template === undefined) throw new Error('the simulated host has no template');
      while (made < count) {
        const batch = Array.from({ length: Math.min(50, count - made) }, (_, i) => `vm${String(made + i).padStart(4, '0')}`);
        made += batch.length;
        const vms = await Promise.all(batch.map(name => rpc.call('VM.clone', session, template, name)));
        await Promise.all(vms.map(vm => rpc.call('VM.set_is_a_template', session, vm, false)));
      }
    },
    async [Symbol.asyncDispose]() {
      rpc.close();
      await stopHost(host, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
