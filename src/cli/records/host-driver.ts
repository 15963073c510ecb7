// What the command line shows of the API class Host_driver. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Host_driver',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    name: ['RO', 'name', 'string'],
    type: ['RO', 'type', 'string'],
    description: ['RO', 'description', 'string'],
    info: ['RO', 'info', 'string'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    'active-variant': ['RO', '', 'computed'],
    'selected-variant': ['RO', '', 'computed'],
    variants: ['RO', '', 'computed'],
    'variants-dev-status': ['RO', '', 'computed'],
    'variants-uuid': ['RO', '', 'computed'],
    'variants-hw-present': ['RO', '', 'computed'],
  },
};
