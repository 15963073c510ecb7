// Switches of LVM-based SRs.

import { defineClass } from '../dsl.ts';

export const LVHD = defineClass({
  name: 'LVHD',
  reads: 'single',
  since: 'dundee',
  fields: {
    uuid: { type: 'string', since: 'rio' },
  },
  messages: {
    enable_thin_provisioning: {
      params: { host: 'ref host', SR: 'ref SR', initial_allocation: 'int', allocation_quantum: 'int' },
      result: 'string',
      role: 'pool-admin',
      forward: 'host_extension:LVHD.enable_thin_provisioning',
    },
  },
});
