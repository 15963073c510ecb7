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
