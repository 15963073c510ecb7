// GPUs of one kind across the pool.

import { defineClass } from '../dsl.ts';

export const GPU_group = defineClass({
  name: 'GPU_group',
  byNameLabel: true,
  since: 'boston',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator' },
    PGPUs: { type: 'set ref PGPU' },
    VGPUs: { type: 'set ref VGPU' },
    GPU_types: { type: 'set string', default: [] },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
    allocation_algorithm: {
      type: 'enum allocation_algorithm',
      access: 'RW',
      default: 'depth_first',
      setterRole: 'pool-operator',
      since: 'vgpu-tech-preview',
    },
    supported_VGPU_types: { type: 'set ref VGPU_type', since: 'vgpu-productisation' },
    enabled_VGPU_types: { type: 'set ref VGPU_type', since: 'vgpu-productisation' },
  },
  messages: {
    create: {
      params: {
        name_label: { type: 'string', default: '' },
        name_description: { type: 'string', default: '' },
        other_config: { type: 'map string string', default: {} },
      },
      result: 'ref GPU_group',
      role: 'pool-operator',
    },
    destroy: { params: { self: 'ref GPU_group' }, role: 'pool-operator' },
    update_enabled_VGPU_types: { params: { self: 'ref GPU_group' }, role: 'pool-operator', hidden: true, since: 'vgpu-productisation' },
    update_supported_VGPU_types: { params: { self: 'ref GPU_group' }, role: 'pool-operator', hidden: true, since: 'vgpu-productisation' },
    get_remaining_capacity: {
      params: { self: 'ref GPU_group', vgpu_type: 'ref VGPU_type' },
      result: 'int',
      role: 'read-only',
      since: 'vgpu-tech-preview',
    },
  },
});
