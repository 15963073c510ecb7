// VBD.insert and VBD.eject: the medium of a CD drive, also of a running guest.

import type { Ref } from '../../lib/brand.ts';
import { nullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { setter } from '../fields.ts';
import { holding } from '../operation.ts';
import { attachedDriver } from '../sr/attached.ts';

const drive = (db: Reader, ref: Ref<'VBD'>): RecordOf<'VBD'> => {
  const vbd = db.need('VBD', ref);
  if (vbd.type !== 'CD') throw new XenError('VBD_NOT_REMOVABLE_MEDIA', [ref]);
  return vbd;
};

const isLive = (db: Reader, vbd: RecordOf<'VBD'>): boolean => {
  const state = db.need('VM', vbd.VM).power_state;
  return vbd.currently_attached && (state === 'Running' || state === 'Paused');
};

const insertLocked = async (call: Call, ref: Ref<'VBD'>, medium: Ref<'VDI'>): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const vbd = db.need('VBD', ref);
  const owner = db.need('VM', vbd.VM).uuid;
  if (isLive(db, vbd)) {
    const vdi = db.need('VDI', medium);
    const driver = attachedDriver(services, vdi.SR);
    const source = await driver.attach(vdi.uuid, { readOnly: true, owner });
    try {
      await services.hypervisor.changeMedium(owner, vbd.uuid, source);
    } catch (error) {
      await driver.detach(vdi.uuid, { owner });
      throw error;
    }
  }
  await change(db, tx => tx.update('VBD', ref, { VDI: medium, empty: false }));
};

const ejectLocked = async (call: Call, ref: Ref<'VBD'>): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const vbd = db.need('VBD', ref);
  if (isLive(db, vbd)) {
    const owner = db.need('VM', vbd.VM).uuid;
    const vdi = db.need('VDI', vbd.VDI);
    await services.hypervisor.changeMedium(owner, vbd.uuid);
    await attachedDriver(services, vdi.SR).detach(vdi.uuid, { owner });
  }
  await change(db, tx => tx.update('VBD', ref, { VDI: nullRef(), empty: true }));
};

export const mediaOps: OpsOf<'VBD'> = {
  insert: (call, { vbd, vdi }) => {
    const { VM: vm } = call.services.db.need('VBD', vbd);
    return holding(
      call,
      [{ cls: 'VBD', ref: vbd, op: 'insert' }],
      tx => {
        if (!drive(tx, vbd).empty) throw new XenError('VBD_NOT_EMPTY', [vbd]);
        tx.need('VDI', vdi);
      },
      () => call.services.engine.withLocks([vm], () => insertLocked(call, vbd, vdi), { signal: call.signal }),
      { vm, vdi },
    );
  },
  eject: (call, { vbd }) => {
    const { VM: vm } = call.services.db.need('VBD', vbd);
    return holding(
      call,
      [{ cls: 'VBD', ref: vbd, op: 'eject' }],
      tx => {
        if (drive(tx, vbd).empty) throw new XenError('VBD_IS_EMPTY', [vbd]);
      },
      () => call.services.engine.withLocks([vm], () => ejectLocked(call, vbd), { signal: call.signal }),
      { vm },
    );
  },
  set_mode: setter('VBD', 'mode'),
};
