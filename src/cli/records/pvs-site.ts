// What the command line shows of the API class PVS_site. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PVS_site',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    'pvs-uuid': ['RW', 'PVS_uuid', 'string'],
    'pvs-cache-storage-uuids': ['SRO', 'cache_storage', 'uuids PVS_cache_storage'],
    'pvs-server-uuids': ['SRO', 'servers', 'uuids PVS_server'],
    'pvs-proxy-uuids': ['SRO', 'proxies', 'uuids PVS_proxy'],
  },
};
