// A PCI device of a host.

import { defineClass } from '../dsl.ts';

export const PCI = defineClass({
  name: 'PCI',
  since: 'boston',
  fields: {
    uuid: { type: 'string' },
    class_id: { type: 'string', access: 'static', default: '' },
    class_name: { type: 'string', access: 'static', default: '' },
    vendor_id: { type: 'string', access: 'static', default: '' },
    vendor_name: { type: 'string', access: 'static', default: '' },
    device_id: { type: 'string', access: 'static', default: '' },
    device_name: { type: 'string', access: 'static', default: '' },
    host: { type: 'ref host', access: 'static', default: 'OpaqueRef:NULL' },
    pci_id: { type: 'string', access: 'static', default: '' },
    dependencies: { type: 'set ref PCI' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
    subsystem_vendor_id: { type: 'string', access: 'static', default: '', since: 'clearwater-whetstone' },
    subsystem_vendor_name: { type: 'string', access: 'static', default: '', since: 'clearwater-whetstone' },
    subsystem_device_id: { type: 'string', access: 'static', default: '', since: 'clearwater-whetstone' },
    subsystem_device_name: { type: 'string', access: 'static', default: '', since: 'clearwater-whetstone' },
    driver_name: { type: 'string', access: 'static', default: '', since: 'kolkata' },
  },
  messages: {
    disable_dom0_access: {
      params: { self: 'ref PCI' },
      result: 'enum pci_dom0_access',
      role: 'pool-operator',
      since: '24.14.0',
      state: 'prototyped',
    },
    enable_dom0_access: {
      params: { self: 'ref PCI' },
      result: 'enum pci_dom0_access',
      role: 'pool-operator',
      since: '24.14.0',
      state: 'prototyped',
    },
    get_dom0_access_status: {
      params: { self: 'ref PCI' },
      result: 'enum pci_dom0_access',
      role: 'pool-operator',
      since: '24.14.0',
      state: 'prototyped',
    },
  },
});
