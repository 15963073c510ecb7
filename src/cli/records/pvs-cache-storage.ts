// What the command line shows of the API class PVS_cache_storage. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PVS_cache_storage',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    'sr-uuid': ['RO', 'SR', 'uuid SR'],
    'pvs-site-uuid': ['RO', 'site', 'uuid PVS_site'],
    size: ['RO', 'size', 'int'],
    'vdi-uuid': ['RO', 'VDI', 'uuid VDI'],
  },
};
