// What the command line shows of the API class Cluster_host. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Cluster_host',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    cluster: ['RO', 'cluster', 'uuid Cluster'],
    PIF: ['RO', 'PIF', 'uuid PIF'],
    host: ['RO', 'host', 'uuid host'],
    enabled: ['RO', 'enabled', 'bool'],
    joined: ['RO', 'joined', 'bool'],
    live: ['RO', 'live', 'bool'],
    'last-update-live': ['RO', 'last_update_live', 'datetime'],
    'allowed-operations': ['SRO', 'allowed_operations', 'set cluster_host_operation'],
    'current-operations': ['SRO', 'current_operations', 'values cluster_host_operation'],
    'other-config': ['MRO', 'other_config', 'map'],
  },
};
