import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'secret',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    value: ['RW', 'value', 'string'],
  },
};
