// What the command line shows of the API class SR. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'SR',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    host: ['RO', '', 'computed'],
    'allowed-operations': ['SRO', 'allowed_operations', 'set sr_operation'],
    'current-operations': ['SRO', 'current_operations', 'values sr_operation'],
    VDIs: ['SRO', 'VDIs', 'uuids VDI'],
    PBDs: ['SRO', 'PBDs', 'uuids PBD'],
    'virtual-allocation': ['RO', 'virtual_allocation', 'int'],
    'physical-utilisation': ['RO', 'physical_utilisation', 'int'],
    'physical-size': ['RO', 'physical_size', 'int'],
    type: ['RO', 'type', 'string'],
    'content-type': ['RO', 'content_type', 'string'],
    shared: ['RW', 'shared', 'bool'],
    'introduced-by': ['RO', 'introduced_by', 'uuid DR_task'],
    'is-tools-sr': ['RO', 'is_tools_sr', 'bool'],
    'other-config': ['MRW', 'other_config', 'map'],
    'sm-config': ['MRO', 'sm_config', 'map'],
    blobs: ['RO', 'blobs', 'refmap blob'],
    'local-cache-enabled': ['RO', 'local_cache_enabled', 'bool'],
    tags: ['SRW', 'tags', 'set,'],
    clustered: ['RO', 'clustered', 'bool'],
  },
};
