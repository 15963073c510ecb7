// What the command line shows of the API class VGPU_type. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VGPU_type',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vendor-name': ['RO', 'vendor_name', 'string'],
    'model-name': ['RO', 'model_name', 'string'],
    'framebuffer-size': ['RO', 'framebuffer_size', 'int'],
    'max-heads': ['RO', 'max_heads', 'int'],
    'max-resolution': ['RO', '', 'computed'],
    'supported-on-PGPUs': ['RO', 'supported_on_PGPUs', 'uuids PGPU'],
    'enabled-on-PGPUs': ['RO', 'enabled_on_PGPUs', 'uuids PGPU'],
    'supported-on-GPU-groups': ['RO', 'supported_on_GPU_groups', 'uuids GPU_group'],
    'enabled-on-GPU-groups': ['RO', 'enabled_on_GPU_groups', 'uuids GPU_group'],
    'VGPU-uuids': ['RO', 'VGPUs', 'uuids VGPU'],
    experimental: ['RO', 'experimental', 'bool'],
    'compatible-types-in-vm': ['RO', 'compatible_types_in_vm', 'uuids VGPU_type'],
  },
};
