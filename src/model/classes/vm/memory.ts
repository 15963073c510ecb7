// VM: memory, vCPUs and the shadow set-points

import { defineMessages } from '../../dsl.ts';

export const memoryMessages = defineMessages({
  set_VCPUs_number_live: {
    params: { self: 'ref VM', nvcpu: 'int' },
    role: 'vm-admin',
    errors: ['OPERATION_NOT_ALLOWED', 'LICENCE_RESTRICTION'],
    changes: ['published:rio', 'changed:ely'],
  },
  add_to_VCPUs_params_live: { params: { self: 'ref VM', key: 'string', value: 'string' }, role: 'vm-admin' },
  compute_memory_overhead: { params: { vm: 'ref VM' }, result: 'int', role: 'read-only', tags: ['memory'], since: 'midnight-ride' },
  set_memory_dynamic_max: {
    params: { self: 'ref VM', value: 'int' },
    role: 'vm-power-admin',
    async: false,
    tags: ['memory'],
    since: 'midnight-ride',
  },
  set_memory_dynamic_min: {
    params: { self: 'ref VM', value: 'int' },
    role: 'vm-power-admin',
    async: false,
    tags: ['memory'],
    since: 'midnight-ride',
  },
  set_memory_dynamic_range: {
    params: { self: 'ref VM', min: 'int', max: 'int' },
    role: 'vm-power-admin',
    tags: ['memory'],
    since: 'midnight-ride',
  },
  set_memory_static_max: {
    params: { self: 'ref VM', value: 'int' },
    role: 'vm-power-admin',
    async: false,
    tags: ['memory'],
    errors: ['HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN'],
    since: 'orlando',
  },
  set_memory_static_min: {
    params: { self: 'ref VM', value: 'int' },
    role: 'vm-power-admin',
    async: false,
    tags: ['memory'],
    since: 'midnight-ride',
  },
  set_memory_static_range: {
    params: { self: 'ref VM', min: 'int', max: 'int' },
    role: 'vm-power-admin',
    tags: ['memory'],
    since: 'midnight-ride',
  },
  set_memory_limits: {
    params: { self: 'ref VM', static_min: 'int', static_max: 'int', dynamic_min: 'int', dynamic_max: 'int' },
    role: 'vm-power-admin',
    tags: ['memory'],
    since: 'midnight-ride',
  },
  set_memory: { params: { self: 'ref VM', value: 'int' }, role: 'vm-power-admin', tags: ['memory'], since: 'ely' },
  set_memory_target_live: {
    params: { self: 'ref VM', target: 'int' },
    role: 'vm-power-admin',
    tags: ['memory'],
    state: 'deprecated',
    changes: ['published:rio', 'deprecated:midnight-ride'],
  },
  wait_memory_target_live: {
    params: { self: 'ref VM' },
    role: 'read-only',
    tags: ['memory'],
    since: 'orlando',
    state: 'deprecated',
    changes: ['published:orlando', 'deprecated:midnight-ride'],
  },
  set_HVM_shadow_multiplier: { params: { self: 'ref VM', value: 'float' }, role: 'vm-power-admin', async: false, since: 'midnight-ride' },
  set_shadow_multiplier_live: { params: { self: 'ref VM', multiplier: 'float' }, role: 'vm-power-admin' },
  set_VCPUs_max: { params: { self: 'ref VM', value: 'int' }, role: 'vm-admin', async: false, since: 'midnight-ride' },
  set_VCPUs_at_startup: { params: { self: 'ref VM', value: 'int' }, role: 'vm-admin', async: false, since: 'midnight-ride' },
  maximise_memory: {
    params: { self: 'ref VM', total: 'int', approximate: 'bool' },
    result: 'int',
    role: 'read-only',
    tags: ['memory'],
    since: 'miami',
  },
});
