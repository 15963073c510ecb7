// Ends the private Open vSwitch of a host of ours: its daemons are nobody's children.

import { stopPrivateSwitch } from '../../src/drivers/network/ovs/private-switch.ts';

/** Idempotent. */
export const stopSwitch = (folder: string): Promise<void> => stopPrivateSwitch(folder, { erase: true });
