// What the command line shows of the API class task. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'task',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RO', 'name_label', 'string'],
    'name-description': ['RO', 'name_description', 'string'],
    subtask_of: ['RO', 'subtask_of', 'uuid task'],
    subtasks: ['RO', 'subtasks', 'uuids task'],
    'resident-on': ['RO', 'resident_on', 'uuid host'],
    status: ['RO', 'status', 'enum task_status_type'],
    progress: ['RO', 'progress', 'float'],
    type: ['RO', 'type', 'string'],
    result: ['RO', 'result', 'string'],
    created: ['RO', 'created', 'datetime'],
    finished: ['RO', 'finished', 'datetime'],
    error_info: ['RO', 'error_info', 'set'],
    allowed_operations: ['RO', 'allowed_operations', 'set task_allowed_operations'],
    current_operations: ['RO', 'current_operations', 'values task_allowed_operations'],
    'other-config': ['MRW', 'other_config', 'map'],
  },
};
