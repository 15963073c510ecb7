// A VM's life by the command line, on the simulator.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '../../../tools/hosts/host.ts';
import { startSimulatedHost } from '../../support/program.ts';
import { lifeOfAVm } from '../life-of-a-vm.ts';

lifeOfAVm('the simulator', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-life-'));
  const host = await startSimulatedHost(folder);
  return {
    server: host.server,
    install: name => must(host, 'vm-install', 'template=Tiny Linux', `new-name-label=${name}`),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
