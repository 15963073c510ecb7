// What the command line shows of the API class PVS_server. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PVS_server',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    addresses: ['SRO', 'addresses', 'set'],
    'first-port': ['RO', 'first_port', 'int'],
    'last-port': ['RO', 'last_port', 'int'],
    'pvs-site-uuid': ['RO', 'site', 'uuid PVS_site'],
  },
};
