// The messages of the class PBD: an SR's attachment to a host.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { mapped } from '../errors.ts';
import { holding } from '../operation.ts';
import { attachSr, detachSr } from '../sr/create.ts';
import { scanSr } from '../sr/scan.ts';
import { useOf } from '../vdi/allowed.ts';

const plug = async (call: Call, self: Ref<'PBD'>): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const pbd = db.need('PBD', self);
  if (pbd.currently_attached && services.attachedSrs.has(db.need('SR', pbd.SR).uuid)) return;
  const sr = db.need('SR', pbd.SR);
  await holding(
    call,
    [{ cls: 'SR', ref: pbd.SR, op: 'plug' }],
    tx => {
      tx.need('PBD', self);
    },
    () =>
      services.engine.withLocks([pbd.SR], async () => {
        await attachSr(services, sr.uuid, sr.type, pbd.device_config);
        await change(db, tx => tx.update('PBD', self, { currently_attached: true }));
      }),
    { sr: pbd.SR },
  );
  await mapped({ sr: pbd.SR }, () => scanSr(services, pbd.SR));
};

/** Throws VDI_IN_USE for the first disk that a guest has open. */
const assertUnused = (db: Reader, sr: Ref<'SR'>): void => {
  for (const vdi of db.need('SR', sr).VDIs) if (useOf(db, db.need('VDI', vdi)).attached) throw new XenError('VDI_IN_USE', [vdi, 'detach']);
};

const unplug = async (call: Call, self: Ref<'PBD'>): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const pbd = db.need('PBD', self);
  if (!pbd.currently_attached) return;
  await holding(
    call,
    [{ cls: 'SR', ref: pbd.SR, op: 'unplug' }],
    tx => assertUnused(tx, pbd.SR),
    () =>
      services.engine.withLocks([pbd.SR], async () => {
        await detachSr(services, db.need('SR', pbd.SR).uuid);
        await change(db, tx => tx.update('PBD', self, { currently_attached: false }));
      }),
    { sr: pbd.SR },
  );
};

export const pbdOps: OpsOf<'PBD'> = {
  create: (call, { args }) =>
    change(call.services.db, tx => {
      tx.need('host', args.host);
      const sr = tx.need('SR', args.SR);
      const before = sr.PBDs.find(ref => tx.need('PBD', ref).host === args.host);
      if (before !== undefined) throw new XenError('PBD_EXISTS', [args.SR, args.host, before]);
      return tx.insert('PBD', { ...args, currently_attached: false });
    }),
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      if (tx.need('PBD', self).currently_attached) throw new XenError('OPERATION_NOT_ALLOWED', ['PBD is currently attached']);
      tx.delete('PBD', self);
    }),
  plug: (call, { self }) => plug(call, self),
  unplug: (call, { self }) => unplug(call, self),
  set_device_config: (call, { self, value }) => change(call.services.db, tx => tx.update('PBD', self, { device_config: value })),
};
