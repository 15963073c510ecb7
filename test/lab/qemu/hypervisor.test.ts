// The QEMU driver keeps the hypervisor's contract, on real QEMU with real guests.

import { hypervisorContract } from '../../contract/hypervisor-contract.ts';
import { makeQemuWorld } from '../support/qemu-world.ts';

hypervisorContract('qemu', makeQemuWorld);
