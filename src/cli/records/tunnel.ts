// What the command line shows of the API class tunnel. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'tunnel',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'access-PIF': ['RO', 'access_PIF', 'uuid PIF'],
    'transport-PIF': ['RO', 'transport_PIF', 'uuid PIF'],
    status: ['RO', 'status', 'map'],
    'other-config': ['MRW', 'other_config', 'map'],
    protocol: ['RO', 'protocol', 'enum tunnel_protocol'],
  },
};
