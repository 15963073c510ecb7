// A virtual network: what VIFs and PIFs are plugged into.

import { defineClass } from '../dsl.ts';

export const network = defineClass({
  name: 'network',
  byNameLabel: true,
  lifecycleRole: 'vm-admin',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator' },
    allowed_operations: { type: 'set enum network_operations', default: [], persist: false },
    current_operations: { type: 'map string enum network_operations', default: {}, persist: false },
    VIFs: { type: 'set ref VIF' },
    PIFs: { type: 'set ref PIF' },
    MTU: { type: 'int', access: 'RW', default: 1500, setterRole: 'vm-admin', since: 'midnight-ride' },
    other_config: {
      type: 'map string string',
      access: 'RW',
      setterRole: 'pool-operator',
      keyRoles: { folder: 'vm-operator', 'XenCenter.CustomFields.*': 'vm-operator', XenCenterCreateInProgress: 'vm-operator' },
    },
    bridge: { type: 'string', access: 'static', default: '', changes: ['published:rio', 'changed:falcon'] },
    managed: { type: 'bool', access: 'static', default: true, since: 'falcon' },
    blobs: { type: 'map string ref blob', default: {}, since: 'orlando' },
    tags: { type: 'set string', access: 'RW', default: [], setterRole: 'vm-operator', since: 'orlando' },
    default_locking_mode: { type: 'enum network_default_locking_mode', default: 'unlocked', since: 'tampa' },
    assigned_ips: { type: 'map ref VIF string', default: {}, since: 'creedence' },
    purpose: { type: 'set enum network_purpose', default: [], since: 'inverness' },
  },
  messages: {
    attach: { params: { network: 'ref network', host: 'ref host' }, role: 'pool-operator', hidden: true, since: 'miami' },
    pool_introduce: {
      params: {
        name_label: { type: 'string', since: 'miami' },
        name_description: { type: 'string', since: 'miami' },
        MTU: { type: 'int', since: 'miami' },
        other_config: { type: 'map string string', since: 'miami' },
        bridge: { type: 'string', since: 'miami' },
        managed: { type: 'bool', since: 'falcon' },
        purpose: { type: 'set enum network_purpose', since: 'inverness' },
      },
      result: 'ref network',
      role: 'pool-operator',
      hidden: true,
    },
    create_new_blob: {
      params: { network: 'ref network', name: 'string', mime_type: 'string', public: { type: 'bool', default: false, since: 'tampa' } },
      result: 'ref blob',
      role: 'pool-operator',
      since: 'orlando',
    },
    set_default_locking_mode: {
      params: { network: 'ref network', value: 'enum network_default_locking_mode' },
      role: 'pool-operator',
      since: 'tampa',
    },
    attach_for_vm: { params: { host: 'ref host', vm: 'ref VM' }, role: 'vm-power-admin', hidden: true, since: 'tampa' },
    detach_for_vm: { params: { host: 'ref host', vm: 'ref VM' }, role: 'vm-power-admin', hidden: true, since: 'tampa' },
    add_purpose: {
      params: { self: 'ref network', value: 'enum network_purpose' },
      role: 'pool-admin',
      errors: ['NETWORK_INCOMPATIBLE_PURPOSES'],
      since: 'inverness',
    },
    remove_purpose: { params: { self: 'ref network', value: 'enum network_purpose' }, role: 'pool-admin', since: 'inverness' },
  },
});
