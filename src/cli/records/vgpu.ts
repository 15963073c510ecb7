// What the command line shows of the API class VGPU. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VGPU',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vm-uuid': ['RO', 'VM', 'uuid VM'],
    'vm-name-label': ['RO', 'VM', 'name VM'],
    device: ['RO', 'device', 'string'],
    'gpu-group-uuid': ['RO', 'GPU_group', 'uuid GPU_group'],
    'gpu-group-name-label': ['RO', 'GPU_group', 'name GPU_group'],
    'currently-attached': ['RO', 'currently_attached', 'bool'],
    'other-config': ['MRW', 'other_config', 'map'],
    'type-uuid': ['RO', 'type', 'uuid VGPU_type'],
    'type-model-name': ['RO', '', 'computed'],
    'resident-on': ['RO', 'resident_on', 'uuid PGPU'],
    'compatibility-metadata': ['RO', '', 'computed'],
    extra_args: ['RW', 'extra_args', 'string'],
    pci: ['RO', 'PCI.pci_id', 'string'],
  },
};
