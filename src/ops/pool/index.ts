// The messages of the class pool that a pool of one host can answer.

import { isNullRef } from '../../lib/brand.ts';
import type { OpsOf } from '../context.ts';
import { XenError } from '../../model/error.ts';
import { adder, remover } from '../fields.ts';
import { changeNetwork } from '../network/change.ts';

export const poolOps: OpsOf<'pool'> = {
  /** Every write is durable before it is answered. */
  sync_database: async () => undefined,
  get_license_state: async (call, { self }) => {
    call.services.db.need('pool', self);
    return { edition: 'xcp', expiry: 'never' };
  },
  has_extension: async (call, { self }) => {
    call.services.db.need('pool', self);
    return false;
  },
  /** Asked of the host that answers, whatever host is named. */
  is_slave: async () => false,
  recover_slaves: async () => [],
  certificate_list: async call =>
    [...call.services.db.all('Certificate')]
      .filter(([, certificate]) => certificate.type === 'ca')
      .map(([, certificate]) => certificate.name),
  /** Where none is enabled there is nothing to do. */
  disable_external_auth: async (call, { pool }) => {
    for (const [, host] of call.services.db.all('host'))
      if (host.external_auth_type !== '') throw new XenError('NOT_IMPLEMENTED', ['pool.disable_external_auth']);
    call.services.db.need('pool', pool);
  },
  designate_new_master: async (call, { host }) => {
    call.services.db.need('host', host);
  },
  eject: async (call, { host }) => {
    call.services.db.need('host', host);
    throw new XenError('OPERATION_NOT_ALLOWED', ['the only host of a pool cannot leave it']);
  },
  add_to_guest_agent_config: adder('pool', 'guest_agent_config'),
  remove_from_guest_agent_config: remover('pool', 'guest_agent_config'),
  set_igmp_snooping_enabled: (call, { self, value }) =>
    changeNetwork(call, tx => {
      tx.update('pool', self, { igmp_snooping_enabled: value });
      // Of VLANs it is the bridge below that looks.
      for (const [ref, pif] of Array.from(tx.all('PIF')))
        if (isNullRef(pif.VLAN_master_of)) tx.update('PIF', ref, { igmp_snooping_status: value ? 'enabled' : 'disabled' });
    }),
};
