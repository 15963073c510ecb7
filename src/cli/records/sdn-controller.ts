// What the command line shows of the API class SDN_controller. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'SDN_controller',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    protocol: ['RO', 'protocol', 'enum sdn_controller_protocol'],
    address: ['RO', 'address', 'string'],
    port: ['RO', 'port', 'int'],
  },
};
