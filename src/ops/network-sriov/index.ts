// The messages of the class network_sriov, as far as they can be answered: which interfaces cannot do it, and why. Virtual functions are not
// enabled by this version.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { OpsOf } from '../context.ts';
import { assertNotConnected, isBonded } from '../pif/rules.ts';

const assertPossible = (db: Reader, pif: Ref<'PIF'>, network: Ref<'network'>): void => {
  const record = db.need('PIF', pif);
  db.need('network', network);
  if (!record.physical || isBonded(record) || !isNullRef(record.VLAN_master_of)) throw new XenError('PIF_IS_NOT_PHYSICAL', [pif]);
  if (!record.capabilities.includes('sriov')) throw new XenError('PIF_IS_NOT_SRIOV_CAPABLE', [pif]);
  if (record.sriov_physical_PIF_of.length > 0) throw new XenError('NETWORK_SRIOV_ALREADY_ENABLED', [pif]);
  assertNotConnected(db, network, record.host);
};

export const networkSriovOps: OpsOf<'network_sriov'> = {
  create: async (call, { pif, network }) => {
    assertPossible(call.services.db, pif, network);
    throw new XenError('NOT_IMPLEMENTED', ['network_sriov.create']);
  },
  destroy: async (call, { self }) => {
    call.services.db.need('network_sriov', self);
    throw new XenError('NOT_IMPLEMENTED', ['network_sriov.destroy']);
  },
};
