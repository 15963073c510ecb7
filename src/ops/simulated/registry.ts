// What only the simulator does: messages whose work no driver of a real machine does yet. There they answer NOT_IMPLEMENTED; here the
// records follow the same rules, so that clients, and the recorded behaviour of other servers, can be tried.

import { ops } from '../registry.ts';
import { repositoryOps, repositoryPoolOps } from './repository.ts';
import { callerOps, observerOps, rateLimitOps, sdnControllerOps } from './services.ts';
import { vmssOps, vmssVmOps } from './vmss.ts';
import { vtpmOps } from './vtpm.ts';

/** All operations of a simulated host. */
export const simulatedOps: typeof ops = {
  ...ops,
  VM: { ...vmssVmOps, ...ops.VM },
  pool: { ...repositoryPoolOps, ...ops.pool },
  VMSS: vmssOps,
  VTPM: vtpmOps,
  Repository: repositoryOps,
  SDN_controller: sdnControllerOps,
  Observer: observerOps,
  Caller: callerOps,
  Rate_limit: rateLimitOps,
};
