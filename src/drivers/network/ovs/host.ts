// This host among those that may share the switch.

import type { Names } from './names.ts';

export interface Host {
  /** Marks what belongs to this xcp host. */
  readonly tag: string;
  readonly datapathType: 'system' | 'netdev';
  readonly names: Names;
  /** Whether a NIC of the machine may be put on a bridge. */
  takes(device: string): boolean;
  /** OpenFlow numbers on the guard bridge that rules there may name: left out, none. */
  readonly numbersInRules?: () => ReadonlySet<number>;
}
