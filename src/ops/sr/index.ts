// The messages of the class SR.

import type { OpsOf } from '../context.ts';
import { setter } from '../fields.ts';
import { change } from '../change.ts';
import { holding } from '../operation.ts';
import { XenError } from '../../model/error.ts';
import { attachedDriver, assertSrAttached } from './attached.ts';
import { createOps } from './create.ts';
import { probeOps } from './probe.ts';
import { scanSr } from './scan.ts';
import { refreshSr } from './sizes.ts';

export const srOps: OpsOf<'SR'> = {
  ...createOps,
  ...probeOps,
  scan: (call, { sr }) =>
    holding(
      call,
      [{ cls: 'SR', ref: sr, op: 'scan' }],
      tx => {
        tx.need('SR', sr);
        assertSrAttached(tx, sr);
      },
      () => scanSr(call.services, sr),
      { sr },
    ),
  update: async (call, { sr }) => {
    call.services.db.need('SR', sr);
    attachedDriver(call.services, sr);
    await refreshSr(call.services, sr);
  },
  get_supported_types: async call => [...call.services.storage.keys()],
  set_name_label: (call, { sr, value }) => change(call.services.db, tx => tx.update('SR', sr, { name_label: value })),
  set_name_description: (call, { sr, value }) => change(call.services.db, tx => tx.update('SR', sr, { name_description: value })),
  set_shared: (call, { sr, value }) =>
    change(call.services.db, tx => {
      const { PBDs } = tx.need('SR', sr);
      if (!value && PBDs.length > 1) throw new XenError('SR_HAS_MULTIPLE_PBDS', [sr]);
      tx.update('SR', sr, { shared: value });
    }),
  set_physical_size: setter('SR', 'physical_size'),
  get_live_hosts: async (call, { sr }) => {
    const { db } = call.services;
    return db
      .need('SR', sr)
      .PBDs.map(ref => db.need('PBD', ref))
      .filter(pbd => pbd.currently_attached)
      .map(pbd => pbd.host);
  },
};
