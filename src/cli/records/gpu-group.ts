// What the command line shows of the API class GPU_group. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'GPU_group',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    'VGPU-uuids': ['SRO', 'VGPUs', 'uuids VGPU'],
    'PGPU-uuids': ['SRO', 'PGPUs', 'uuids PGPU'],
    'other-config': ['MRW', 'other_config', 'map'],
    'enabled-VGPU-types': ['RO', '', 'computed'],
    'supported-VGPU-types': ['RO', '', 'computed'],
    'allocation-algorithm': ['RW', 'allocation_algorithm', 'enum allocation_algorithm'],
  },
};
