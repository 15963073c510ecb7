// The contract for what some NICs have: virtual functions (SR-IOV), each a NIC of its own that a guest could be given whole.

import { DriverError } from '../hypervisor.ts';

export interface VirtualFunctionStatus {
  /** That the NIC can have at most. */
  readonly total: number;
  /** That are there now. */
  readonly enabled: number;
  /** Of those, not handed to a guest. */
  readonly free: number;
}

export interface VirtualFunctions {
  /** Undefined: the NIC can have none, or there is no such NIC. */
  status(device: string): Promise<VirtualFunctionStatus | undefined>;
  /** All that the NIC can have. Idempotent. Rejects with DriverError `unsupported`, or `failed` with what the kernel says; nothing has changed then. */
  enable(device: string): Promise<VirtualFunctionStatus>;
  /** None. Idempotent. Rejects with `in-use` while a guest has one, `failed` as above. */
  disable(device: string): Promise<void>;
}

/** Of a host whose NICs have none. */
export const noVirtualFunctions: VirtualFunctions = {
  status: async () => undefined,
  enable: device => Promise.reject(new DriverError('unsupported', `${device} has no virtual functions`)),
  disable: async () => undefined,
};
