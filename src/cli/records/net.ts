// What the command line shows of the API class network. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';
import { SENSIBLE_MTU } from '../sensible.ts';

export const record: RecordSpec = {
  api: 'network',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    'VIF-uuids': ['SRO', 'VIFs', 'uuids VIF'],
    'PIF-uuids': ['SRO', 'PIFs', 'uuids PIF'],
    MTU: ['RW', 'MTU', 'int', { set: 'int!', sensible: SENSIBLE_MTU }],
    bridge: ['RO', 'bridge', 'string'],
    managed: ['RO', 'managed', 'bool'],
    'other-config': ['MRW', 'other_config', 'map'],
    blobs: ['RO', 'blobs', 'refmap blob'],
    tags: ['SRW', 'tags', 'set,'],
    'default-locking-mode': ['RW', 'default_locking_mode', 'enum network_default_locking_mode'],
    purpose: ['SRW', 'purpose', 'set, network_purpose', { member: 'enum network_purpose' }],
  },
};
