import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'role',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    name: ['RO', 'name_label', 'string'],
    description: ['RO', 'name_description', 'string'],
  },
};
