// The roles of the model as records: the six that people know, each above the next.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { roles } from '../../model/index.ts';

const descriptions: Readonly<Record<string, string>> = {
  'pool-admin': 'May do everything, and manage users and roles',
  'pool-operator': 'May manage hosts, storage, networks and the pool, but not users',
  'vm-power-admin': 'May manage all VMs, also where it touches the host',
  'vm-admin': 'May create, change and destroy VMs',
  'vm-operator': 'May start, stop and use VMs',
  'read-only': 'May look at everything and change nothing',
};

/** Idempotent. A role contains those below it. */
export const syncRoles = (tx: Tx): void => {
  const made: Ref<'role'>[] = [];
  for (const name of [...roles].reverse()) {
    const [before] = tx.byNameLabel('role', name);
    const fields = { name_description: descriptions[name] ?? '', subroles: [...made].reverse() };
    if (before === undefined) made.push(tx.insert('role', { name_label: name, ...fields }));
    else {
      tx.update('role', before, fields);
      made.push(before);
    }
  }
};
