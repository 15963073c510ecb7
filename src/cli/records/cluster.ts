// What the command line shows of the API class Cluster. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Cluster',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'cluster-hosts': ['SRO', 'cluster_hosts', 'uuids Cluster_host'],
    'cluster-token': ['RO', 'cluster_token', 'string'],
    'cluster-stack': ['RO', 'cluster_stack', 'string'],
    'cluster-stack-version': ['RO', 'cluster_stack_version', 'int'],
    'token-timeout': ['RO', 'token_timeout', 'float'],
    'token-timeout-coefficient': ['RO', 'token_timeout_coefficient', 'float'],
    'pending-forget': ['SRO', 'pending_forget', 'set', { hidden: true }],
    'allowed-operations': ['SRO', 'allowed_operations', 'set cluster_operation'],
    'current-operations': ['SRO', 'current_operations', 'values cluster_operation'],
    'pool-auto-join': ['RO', 'pool_auto_join', 'bool'],
    'cluster-config': ['MRO', 'cluster_config', 'map'],
    'other-config': ['MRW', 'other_config', 'map'],
    'is-quorate': ['RO', 'is_quorate', 'bool'],
    quorum: ['RO', 'quorum', 'int'],
    'live-hosts': ['RO', 'live_hosts', 'int'],
    'expected-hosts': ['RO', 'expected_hosts', 'int'],
  },
};
