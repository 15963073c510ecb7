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
