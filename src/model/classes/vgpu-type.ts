// A kind of virtual GPU.

import { defineClass } from '../dsl.ts';

export const VGPU_type = defineClass({
  name: 'VGPU_type',
  since: 'vgpu-tech-preview',
  fields: {
    uuid: { type: 'string' },
    vendor_name: { type: 'string', access: 'static', default: '' },
    model_name: { type: 'string', access: 'static', default: '' },
    framebuffer_size: { type: 'int', access: 'static', default: 0 },
    max_heads: { type: 'int', access: 'static', default: 0 },
    max_resolution_x: { type: 'int', access: 'static', default: 0, since: 'vgpu-productisation' },
    max_resolution_y: { type: 'int', access: 'static', default: 0, since: 'vgpu-productisation' },
    supported_on_PGPUs: { type: 'set ref PGPU' },
    enabled_on_PGPUs: { type: 'set ref PGPU' },
    VGPUs: { type: 'set ref VGPU' },
    supported_on_GPU_groups: { type: 'set ref GPU_group', since: 'vgpu-productisation' },
    enabled_on_GPU_groups: { type: 'set ref GPU_group', since: 'vgpu-productisation' },
    implementation: { type: 'enum vgpu_type_implementation', access: 'static', default: 'passthrough', since: 'dundee' },
    identifier: { type: 'string', access: 'static', default: '', since: 'dundee' },
    experimental: { type: 'bool', access: 'static', default: false, since: 'dundee' },
    compatible_types_in_vm: { type: 'set ref VGPU_type', default: [], since: 'quebec' },
  },
  messages: {},
});
