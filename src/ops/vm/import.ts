// VM.import: VMs of a file at an address, which this host fetches by itself.

import { isNullRef } from '../../lib/brand.ts';
import type { OpsOf } from '../context.ts';

export const importOps: OpsOf<'VM'> = {
  import: (call, { url, sr, full_restore: restore, force }) => {
    const request = { restore, force, dryRun: false, sr: isNullRef(sr) ? 'default' : sr, vdis: new Map<string, string>() } as const;
    return call.services.importFrom(url, call, request);
  },
};
