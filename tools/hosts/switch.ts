// Takes a host of ours off the Open vSwitch that the hosts of this machine share; the last one ends it: its daemons are nobody's children.

import { leavePrivateSwitch } from '../../src/drivers/network/ovs/private-switch.ts';

/** Idempotent. */
export const leaveSwitch = (folder: string): Promise<void> => leavePrivateSwitch(folder);
