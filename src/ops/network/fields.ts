// Fields of a network whose plain setters would do, but for what hangs on them: a change of the MTU reaches the management.

import type { Ref } from '../../lib/brand.ts';
import type { Call } from '../context.ts';
import { changeNetwork } from './change.ts';

export const networkFieldOps = {
  set_MTU: (call: Call, { self, value }: { readonly self: Ref<'network'>; readonly value: number }): Promise<void> =>
    changeNetwork(call, tx => tx.update('network', self, { MTU: value })),
};
