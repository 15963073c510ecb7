import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'DR_task',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'introduced-SRs': ['RO', 'introduced_SRs', 'uuids SR'],
  },
};
