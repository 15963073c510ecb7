// VDI.resize and VDI.resize_online: a disk grows, at rest or under a running guest. Never shrinks.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { assertVdi, holding } from '../operation.ts';
import { assertSrAttached, attachedDriver } from '../sr/attached.ts';
import { refreshSr } from '../sr/sizes.ts';
import type { VdiOperation } from './allowed.ts';

const check = (tx: Tx, ref: Ref<'VDI'>, op: VdiOperation, size: number): void => {
  const vdi = assertVdi(tx, ref, op);
  if (size < vdi.virtual_size) throw new XenError('VDI_TOO_SMALL', [ref, String(vdi.virtual_size)]);
};

const grow = async (call: Call, ref: Ref<'VDI'>, size: number): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const vdi = db.need('VDI', ref);
  const driver = attachedDriver(services, vdi.SR);
  const live = vdi.VBDs.map(vbd => db.need('VBD', vbd)).find(
    vbd => vbd.currently_attached && db.need('VM', vbd.VM).power_state !== 'Halted',
  );
  if (live) await services.hypervisor.resizeDisk(db.need('VM', live.VM).uuid, live.uuid, size);
  const info = await driver.resize(vdi.uuid, size);
  await change(db, tx => tx.update('VDI', ref, { virtual_size: info.sizeBytes, physical_utilisation: info.utilisationBytes }));
};

const resize = async (call: Call, ref: Ref<'VDI'>, size: number, op: 'resize' | 'resize_online'): Promise<void> => {
  const { services } = call;
  const vdi = services.db.need('VDI', ref);
  assertSrAttached(services.db, vdi.SR);
  const vms = vdi.VBDs.map(vbd => services.db.need('VBD', vbd).VM);
  await holding(
    call,
    [{ cls: 'VDI', ref, op }],
    tx => check(tx, ref, op, size),
    () => services.engine.withLocks([ref, ...vms], () => grow(call, ref, size), { signal: call.signal }),
    { vdi: ref, sr: vdi.SR },
  );
  await refreshSr(services, vdi.SR);
};

export const resizeOps: OpsOf<'VDI'> = {
  resize: (call, { vdi, size }) => resize(call, vdi, size, 'resize'),
  resize_online: (call, { vdi, size }) => resize(call, vdi, size, 'resize_online'),
};
