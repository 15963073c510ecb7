// What the command line shows of the API class PVS_proxy. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PVS_proxy',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'pvs-site-uuid': ['RO', 'site', 'uuid PVS_site'],
    'vif-uuid': ['RO', 'VIF', 'uuid VIF'],
    'currently-attached': ['RO', 'currently_attached', 'bool'],
    status: ['RO', 'status', 'enum pvs_proxy_status'],
  },
};
