// A virtual GPU of a VM.

import { defineClass } from '../dsl.ts';

export const VGPU = defineClass({
  name: 'VGPU',
  since: 'boston',
  fields: {
    uuid: { type: 'string' },
    VM: { type: 'ref VM' },
    GPU_group: { type: 'ref GPU_group' },
    device: { type: 'string', default: '0' },
    currently_attached: { type: 'bool', default: false },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
    type: { type: 'ref VGPU_type', default: 'OpaqueRef:NULL', since: 'vgpu-tech-preview' },
    resident_on: { type: 'ref PGPU', default: 'OpaqueRef:NULL', since: 'vgpu-tech-preview' },
    scheduled_to_be_resident_on: { type: 'ref PGPU', default: 'OpaqueRef:NULL', since: 'dundee' },
    compatibility_metadata: { type: 'map string string', default: {}, since: 'inverness' },
    extra_args: { type: 'string', access: 'RW', default: '', setterRole: 'pool-operator', since: 'quebec' },
    PCI: { type: 'ref PCI', default: 'OpaqueRef:NULL', since: 'quebec' },
  },
  messages: {
    create: {
      params: {
        VM: 'ref VM',
        GPU_group: 'ref GPU_group',
        device: { type: 'string', default: '0' },
        other_config: { type: 'map string string', default: {} },
        type: { type: 'ref VGPU_type', default: 'OpaqueRef:NULL', since: 'vgpu-tech-preview' },
      },
      result: 'ref VGPU',
      role: 'pool-operator',
    },
    destroy: { params: { self: 'ref VGPU' }, role: 'pool-operator' },
    atomic_set_resident_on: {
      params: { self: 'ref VGPU', value: 'ref PGPU' },
      role: 'local-root-only',
      hidden: true,
      poolInternal: true,
      since: 'dundee',
    },
  },
});
