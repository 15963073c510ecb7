// What may be done with a host.

import type { EnumValue, RecordOf } from '../../model/index.ts';

export type HostOperation = EnumValue<'host_allowed_operations'>;

export const hostOperations = (host: RecordOf<'host'>): readonly HostOperation[] =>
  host.enabled
    ? ['vm_migrate', 'provision', 'vm_resume', 'enable', 'evacuate', 'vm_start']
    : ['vm_migrate', 'provision', 'vm_resume', 'enable', 'evacuate', 'vm_start', 'reboot', 'shutdown'];
