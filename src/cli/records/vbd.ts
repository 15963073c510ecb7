// What the command line shows of the API class VBD. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VBD',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vm-uuid': ['RO', 'VM', 'uuid VM'],
    'vm-name-label': ['RO', 'VM', 'name VM'],
    'vdi-uuid': ['RO', 'VDI', 'uuid VDI'],
    'vdi-name-label': ['RO', '', 'computed'],
    'allowed-operations': ['SRO', 'allowed_operations', 'set vbd_operations'],
    'current-operations': ['SRO', 'current_operations', 'values vbd_operations'],
    empty: ['RO', 'empty', 'bool'],
    device: ['RO', 'device', 'string'],
    userdevice: ['RW', 'userdevice', 'string'],
    bootable: ['RW', 'bootable', 'bool'],
    mode: ['RW', 'mode', 'string', { set: 'enum vbd_mode' }],
    type: ['RW', 'type', 'string', { set: 'enum vbd_type' }],
    unpluggable: ['RW', 'unpluggable', 'bool'],
    'currently-attached': ['RO', 'currently_attached', 'bool'],
    attachable: ['RO', '', 'computed', { expensive: true }],
    'storage-lock': ['RO', 'storage_lock', 'bool'],
    'status-code': ['RO', 'status_code', 'int'],
    'status-detail': ['RO', 'status_detail', 'string'],
    qos_algorithm_type: ['RW', 'qos_algorithm_type', 'string'],
    qos_algorithm_params: ['MRW', 'qos_algorithm_params', 'map'],
    qos_supported_algorithms: ['SRO', 'qos_supported_algorithms', 'set'],
    'other-config': ['MRW', 'other_config', 'map'],
    io_read_kbs: ['RO', '', 'computed', { expensive: true }],
    io_write_kbs: ['RO', '', 'computed', { expensive: true }],
  },
};
