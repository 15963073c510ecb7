// Figures of a VM that its guest agent reports.

import { defineClass } from '../dsl.ts';

export const VM_guest_metrics = defineClass({
  name: 'VM_guest_metrics',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    os_version: { type: 'map string string' },
    netbios_name: { type: 'map string string', default: {}, since: '24.28.0', state: 'prototyped' },
    PV_drivers_version: { type: 'map string string' },
    PV_drivers_up_to_date: { type: 'bool', state: 'deprecated', changes: ['published:rio', 'deprecated:dundee'] },
    memory: { type: 'map string string', default: {}, state: 'removed', changes: ['published:rio', 'deprecated:george', 'removed:george'] },
    disks: {
      type: 'map string string',
      default: {},
      state: 'removed',
      changes: ['published:rio', 'deprecated:orlando', 'removed:orlando'],
    },
    networks: { type: 'map string string' },
    other: { type: 'map string string' },
    last_updated: { type: 'datetime' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'vm-admin', since: 'orlando' },
    live: { type: 'bool', default: false, since: 'orlando' },
    can_use_hotplug_vbd: { type: 'enum tristate_type', default: 'unspecified', since: 'dundee' },
    can_use_hotplug_vif: { type: 'enum tristate_type', default: 'unspecified', since: 'dundee' },
    PV_drivers_detected: { type: 'bool', default: false, since: 'dundee' },
    services: { type: 'map string string', default: {}, since: '25.15.0', state: 'prototyped' },
  },
  messages: {},
});
