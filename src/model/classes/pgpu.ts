// A physical GPU.

import { defineClass } from '../dsl.ts';

export const PGPU = defineClass({
  name: 'PGPU',
  since: 'boston',
  fields: {
    uuid: { type: 'string' },
    PCI: { type: 'ref PCI', access: 'static', default: 'OpaqueRef:NULL' },
    GPU_group: { type: 'ref GPU_group', access: 'static', default: 'OpaqueRef:NULL' },
    host: { type: 'ref host', default: 'OpaqueRef:NULL' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
    supported_VGPU_types: { type: 'set ref VGPU_type', since: 'vgpu-tech-preview' },
    enabled_VGPU_types: { type: 'set ref VGPU_type', since: 'vgpu-tech-preview' },
    resident_VGPUs: { type: 'set ref VGPU', since: 'vgpu-tech-preview' },
    supported_VGPU_max_capacities: { type: 'map ref VGPU_type int', default: {}, since: 'vgpu-productisation' },
    dom0_access: {
      type: 'enum pci_dom0_access',
      default: 'enabled',
      since: 'cream',
      state: 'deprecated',
      changes: ['published:cream', 'deprecated:24.14.0'],
    },
    is_system_display_device: { type: 'bool', default: false, since: 'cream' },
    compatibility_metadata: { type: 'map string string', default: {}, since: 'inverness' },
  },
  messages: {
    add_enabled_VGPU_types: { params: { self: 'ref PGPU', value: 'ref VGPU_type' }, role: 'pool-operator', since: 'vgpu-tech-preview' },
    remove_enabled_VGPU_types: { params: { self: 'ref PGPU', value: 'ref VGPU_type' }, role: 'pool-operator', since: 'vgpu-tech-preview' },
    set_enabled_VGPU_types: { params: { self: 'ref PGPU', value: 'set ref VGPU_type' }, role: 'pool-operator', since: 'vgpu-tech-preview' },
    set_GPU_group: { params: { self: 'ref PGPU', value: 'ref GPU_group' }, role: 'pool-operator', since: 'vgpu-tech-preview' },
    get_remaining_capacity: {
      params: { self: 'ref PGPU', vgpu_type: 'ref VGPU_type' },
      result: 'int',
      role: 'read-only',
      since: 'vgpu-tech-preview',
    },
    enable_dom0_access: {
      params: { self: 'ref PGPU' },
      result: 'enum pci_dom0_access',
      role: 'pool-operator',
      since: 'cream',
      state: 'deprecated',
      changes: ['published:cream', 'deprecated:24.14.0'],
    },
    disable_dom0_access: {
      params: { self: 'ref PGPU' },
      result: 'enum pci_dom0_access',
      role: 'pool-operator',
      since: 'cream',
      state: 'deprecated',
      changes: ['published:cream', 'deprecated:24.14.0'],
    },
  },
});
