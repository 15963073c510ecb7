// Figures of a PIF.

import { defineClass } from '../dsl.ts';

export const PIF_metrics = defineClass({
  name: 'PIF_metrics',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    io_read_kbs: {
      type: 'float',
      default: 0,
      ns: 'io',
      persist: false,
      state: 'removed',
      changes: ['published:rio', 'deprecated:tampa', 'removed:tampa'],
    },
    io_write_kbs: {
      type: 'float',
      default: 0,
      ns: 'io',
      persist: false,
      state: 'removed',
      changes: ['published:rio', 'deprecated:tampa', 'removed:tampa'],
    },
    carrier: { type: 'bool' },
    vendor_id: { type: 'string' },
    vendor_name: { type: 'string' },
    device_id: { type: 'string' },
    device_name: { type: 'string' },
    speed: { type: 'int' },
    duplex: { type: 'bool' },
    pci_bus_path: { type: 'string' },
    last_updated: { type: 'datetime' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'orlando' },
  },
  messages: {},
});
