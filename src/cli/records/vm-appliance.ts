// What the command line shows of the API class VM_appliance. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VM_appliance',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    VMs: ['SRO', 'VMs', 'uuids VM'],
    'allowed-operations': ['SRO', 'allowed_operations', 'set vm_appliance_operation'],
    'current-operations': ['SRO', 'current_operations', 'values vm_appliance_operation'],
  },
};
