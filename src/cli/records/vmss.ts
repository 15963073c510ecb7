// What the command line shows of the API class VMSS. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VMSS',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    enabled: ['RW', 'enabled', 'bool'],
    type: ['RW', 'type', 'enum vmss_type'],
    'retained-snapshots': ['RW', 'retained_snapshots', 'int'],
    frequency: ['RW', 'frequency', 'enum vmss_frequency'],
    schedule: ['MRW', 'schedule', 'map'],
    'last-run-time': ['RO', 'last_run_time', 'datetime'],
    VMs: ['SRO', 'VMs', 'uuids VM'],
  },
};
