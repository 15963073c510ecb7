// What the command line shows of the API class VM_group. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VM_group',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    placement: ['RO', 'placement', 'enum vm_placement_policy'],
    'vm-uuids': ['SRO', 'VMs', 'uuids VM'],
  },
};
