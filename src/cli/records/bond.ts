// What the command line shows of the API class Bond. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Bond',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    master: ['RO', 'master', 'uuid PIF'],
    slaves: ['RO', 'slaves', 'uuids PIF'],
    mode: ['RO', 'mode', 'enum bond_mode'],
    properties: ['MRO', 'properties', 'map', { keySet: 'set_property' }],
    'primary-slave': ['RO', 'primary_slave', 'uuid PIF'],
    'links-up': ['RO', 'links_up', 'int'],
    'auto-update-mac': ['RO', 'auto_update_mac', 'bool'],
  },
};
