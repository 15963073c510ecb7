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
