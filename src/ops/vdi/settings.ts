// Messages that change or ask what a VDI is.

import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { mapped } from '../errors.ts';
import { setter } from '../fields.ts';
import { attachedDriver } from '../sr/attached.ts';
import { featuresOf } from '../sr/features.ts';
import { useOf } from './allowed.ts';

/** The name is kept in the SR too, so that a scan on another host finds it. */
const rename = async (
  call: Call,
  self: Ref<'VDI'>,
  patch: Partial<Pick<RecordOf<'VDI'>, 'name_label' | 'name_description'>>,
): Promise<void> => {
  const { services } = call;
  const vdi = { ...services.db.need('VDI', self), ...patch };
  const driver = services.attachedSrs.get(services.db.need('SR', vdi.SR).uuid);
  await mapped({ vdi: self, sr: vdi.SR }, async () =>
    driver?.rename(vdi.uuid, { name: vdi.name_label, description: vdi.name_description }),
  );
  await change(services.db, tx => tx.update('VDI', self, patch));
};

const update = async (call: Call, ref: Ref<'VDI'>): Promise<void> => {
  const { services } = call;
  const vdi = services.db.need('VDI', ref);
  const info = await mapped({ vdi: ref, sr: vdi.SR }, () => attachedDriver(services, vdi.SR).volume(vdi.uuid));
  await change(services.db, tx =>
    tx.update(
      'VDI',
      ref,
      info ? { virtual_size: info.sizeBytes, physical_utilisation: info.utilisationBytes, missing: false } : { missing: true },
    ),
  );
};

const changedBlockTracking = async (call: Call, self: Ref<'VDI'>): Promise<void> => {
  const { db } = call.services;
  const vdi = db.need('VDI', self);
  if (vdi.on_boot === 'reset') throw new XenError('VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION');
  if (!featuresOf(db, vdi.SR).has('VDI_CONFIG_CBT')) throw new XenError('SR_OPERATION_NOT_SUPPORTED', [vdi.SR]);
  throw new XenError('NOT_IMPLEMENTED', ['VDI.enable_cbt']);
};

export const settingOps: OpsOf<'VDI'> = {
  set_name_label: (call, { self, value }) => rename(call, self, { name_label: value }),
  set_name_description: (call, { self, value }) => rename(call, self, { name_description: value }),
  set_on_boot: setter('VDI', 'on_boot'),
  set_allow_caching: setter('VDI', 'allow_caching'),
  set_sharable: setter('VDI', 'sharable'),
  set_read_only: setter('VDI', 'read_only'),
  set_managed: setter('VDI', 'managed'),
  set_missing: setter('VDI', 'missing'),
  update: (call, { vdi }) => update(call, vdi),
  force_unlock: async (call, { vdi }) => {
    const { db } = call.services;
    const record = db.need('VDI', vdi);
    if (useOf(db, record).attached) throw new XenError('VDI_IN_USE', [vdi, 'force_unlock']);
  },
  enable_cbt: (call, { self }) => changedBlockTracking(call, self),
  disable_cbt: (call, { self }) => changedBlockTracking(call, self),
  data_destroy: async (call, { self }) => {
    const vdi = call.services.db.need('VDI', self);
    if (!vdi.is_a_snapshot) throw new XenError('OPERATION_NOT_ALLOWED', [`VDI is not a snapshot: ${self}`]);
    throw new XenError('VDI_NO_CBT_METADATA', [self]);
  },
};
