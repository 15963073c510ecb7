// Which kind of domain a guest becomes.

import { DriverError, type GuestSpec } from '../../hypervisor.ts';

/** `pv`: paravirtual, needs nothing of the processor. `pvh`: hardware does paging, no emulated machine. `hvm`: a whole emulated machine. */
export type DomainKind = 'pv' | 'pvh' | 'hvm';

/** Firmware needs a whole machine. A kernel boots as the guest wishes; left to us, as PVH, which Xen's makers recommend. */
export const domainKind = ({ boot, domainType }: Pick<GuestSpec, 'boot' | 'domainType'>): DomainKind => {
  if (boot.kind === 'firmware') return 'hvm';
  switch (domainType) {
    case undefined:
    case 'pvh':
      return 'pvh';
    case 'pv':
      return 'pv';
    case 'hvm':
      return 'hvm';
    case 'pv_in_pvh':
      throw new DriverError('unsupported', 'Xen 4.17 and later run no PV guest within PVH: choose the domain type pv or pvh');
    default:
      return domainType satisfies never;
  }
};
