// The power of the host: restarted or shut down, once nothing runs on it any more. What is under way is refused rather than cut off.

import type { Ref } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import type { Call } from '../context.ts';
import { mapped } from '../errors.ts';

/** Throws HOST_NOT_DISABLED, HOST_IN_USE or OTHER_OPERATION_IN_PROGRESS. */
const assertIdle = ({ services }: Call, host: Ref<'host'>): void => {
  const { db } = services;
  const record = db.need('host', host);
  if (record.enabled) throw new XenError('HOST_NOT_DISABLED');
  const guest = record.resident_VMs.find(vm => !db.need('VM', vm).is_control_domain);
  if (guest !== undefined) throw new XenError('HOST_IN_USE', [host, 'VM', guest]);
  for (const [ref, vm] of db.all('VM')) {
    const [busy] = Object.entries(vm.current_operations);
    if (busy !== undefined) throw new XenError('OTHER_OPERATION_IN_PROGRESS', ['VM', ref, busy[1], busy[0]]);
  }
};

export const setHostPower = async (call: Call, host: Ref<'host'>, options: { readonly restart: boolean }): Promise<void> => {
  assertIdle(call, host);
  const { hypervisor } = call.services;
  const { power } = hypervisor;
  if (power === undefined) throw new XenError('OPERATION_NOT_ALLOWED', ['the power of this host is managed by its own operating system']);
  call.log.info(options.restart ? 'the host restarts' : 'the host shuts down', { asked: call.session.userName });
  await mapped({}, () => power.shutdown(options));
};
