// VM.pool_migrate: a running VM goes to another host of this pool, which sees the same disks. The same protocol and the same engine as
// between pools, without the copy and the mirror; the commit only says where the VM is.
//
//   reserve · receive · memory · handOver · commit* · leave-guest · leave-disks · close

import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf } from '../../model/index.ts';
import type { Call } from '../context.ts';
import { vmOperation } from '../operation.ts';

/** A pool of one host has nowhere to go; hosts of one pool come with the pool itself. */
export async function poolMigrate(call: Call, { vm, host }: BoundParamsOf<'VM.pool_migrate'>): Promise<void> {
  const { db, self } = call.services;
  await vmOperation(call, vm, 'pool_migrate', async record => refuse(db.need('host', host).name_label, host, self.host, record.name_label));
}

async function refuse(hostName: string, host: Ref<'host'>, self: Ref<'host'>, vmName: string): Promise<void> {
  if (host === self) throw new XenError('OPERATION_NOT_ALLOWED', [`VM "${vmName}" runs on host "${hostName}" already`]);
  throw new XenError('HOST_OFFLINE', [host]);
}
