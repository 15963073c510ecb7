// Figures of a VM that the host measures.

import { defineClass } from '../dsl.ts';

export const VM_metrics = defineClass({
  name: 'VM_metrics',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    memory_actual: { type: 'int', ns: 'memory', persist: false },
    VCPUs_number: { type: 'int', ns: 'VCPUs' },
    VCPUs_utilisation: {
      type: 'map int float',
      default: {},
      ns: 'VCPUs',
      persist: false,
      state: 'removed',
      changes: ['published:rio', 'deprecated:tampa', 'removed:tampa'],
    },
    VCPUs_CPU: { type: 'map int int', ns: 'VCPUs', persist: false },
    VCPUs_params: { type: 'map string string', ns: 'VCPUs', persist: false },
    VCPUs_flags: { type: 'map int (set string)', ns: 'VCPUs', persist: false },
    state: { type: 'set string', persist: false },
    start_time: { type: 'datetime' },
    install_time: { type: 'datetime' },
    last_updated: { type: 'datetime', persist: false },
    other_config: { type: 'map string string', access: 'RW', default: {}, persist: false, setterRole: 'vm-admin', since: 'orlando' },
    hvm: { type: 'bool', default: false, persist: false, since: 'ely' },
    nested_virt: { type: 'bool', default: false, persist: false, since: 'ely' },
    nomigrate: { type: 'bool', default: false, persist: false, since: 'ely' },
    current_domain_type: {
      type: 'enum domain_type',
      default: 'unspecified',
      since: 'kolkata',
      changes: ['prototyped:jura', 'published:kolkata'],
    },
    numa_optimised: { type: 'bool', access: 'static', default: false, since: '26.2.0', state: 'prototyped' },
    numa_nodes: { type: 'int', access: 'static', default: 0, since: '26.2.0', state: 'prototyped' },
    numa_node_memory: { type: 'map int int', default: {}, since: '26.2.0', state: 'prototyped' },
  },
  messages: {},
});
