// What the command line shows of the API class network_sriov. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'network_sriov',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'physical-PIF': ['RO', 'physical_PIF', 'uuid PIF'],
    'logical-PIF': ['RO', 'logical_PIF', 'uuid PIF'],
    'requires-reboot': ['RO', 'requires_reboot', 'bool'],
    'remaining-capacity': ['RO', '', 'computed', { expensive: true }],
  },
};
