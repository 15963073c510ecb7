// Whether the host's addresses are this agent's to change: on a machine whose NICs it was not given they are the operating system's, and a
// record that said otherwise would lie.

import { XenError } from '../../model/error.ts';
import type { Services } from '../context.ts';

/** Throws OPERATION_NOT_ALLOWED. A simulated host has no other owner. */
export const assertOwnAddresses = async ({ network }: Services): Promise<void> => {
  const { kind, ownsNics } = await network.probe();
  if (kind === 'sim' || ownsNics) return;
  throw new XenError('OPERATION_NOT_ALLOWED', [
    "the addresses of this host are its operating system's: start hostd with --nics to have it manage them",
  ]);
};
