// What the command line shows of the API class host_cpu. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'host_cpu',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    number: ['RO', 'number', 'int'],
    vendor: ['RO', 'vendor', 'string'],
    speed: ['RO', 'speed', 'int'],
    model: ['RO', 'model', 'int'],
    family: ['RO', 'family', 'int'],
    modelname: ['RO', 'modelname', 'string'],
    stepping: ['RO', 'stepping', 'string'],
    flags: ['RO', 'flags', 'string'],
    utilisation: ['RO', '', 'computed', { expensive: true }],
  },
};
