// A VM's life by the command line, on real QEMU.

import { lifeOfAVm } from '../../contract/life-of-a-vm.ts';
import { labHost } from '../support/hosts.ts';

lifeOfAVm('QEMU', async () => {
  const lab = await labHost('life');
  return {
    server: lab.host.server,
    install: name => lab.xcp('vm-install', 'template=Tiny Linux', `new-name-label=${name}`),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
});
