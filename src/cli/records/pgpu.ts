// What the command line shows of the API class PGPU. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PGPU',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'pci-uuid': ['RO', 'PCI.uuid', 'string'],
    'vendor-name': ['RO', 'PCI.vendor_name', 'string'],
    'device-name': ['RO', 'PCI.device_name', 'string'],
    'dom0-access': ['RO', 'dom0_access', 'enum pci_dom0_access'],
    'is-system-display-device': ['RO', 'is_system_display_device', 'bool'],
    'gpu-group-uuid': ['RW', 'GPU_group', 'uuid GPU_group'],
    'gpu-group-name-label': ['RO', 'GPU_group', 'name GPU_group'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    'host-name-label': ['RO', 'host', 'name host'],
    'pci-id': ['RO', 'PCI.pci_id', 'string'],
    dependencies: ['SRO', '', 'computed'],
    'other-config': ['MRW', 'other_config', 'map'],
    'supported-VGPU-types': ['RO', 'supported_VGPU_types', 'uuids VGPU_type'],
    'enabled-VGPU-types': ['SRW', 'enabled_VGPU_types', 'uuids VGPU_type', { set: 'uuids VGPU_type', member: 'uuid VGPU_type' }],
    'resident-VGPUs': ['RO', 'resident_VGPUs', 'uuids VGPU'],
  },
};
