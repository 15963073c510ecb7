// What a VIF may send and receive: locking mode, allowed addresses, the address the guest is told to take.

import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { addressOfCidr, type AddressField, assertAddresses } from './addresses.ts';
import { reapply } from './plug.ts';

const edit = async (call: Call, self: Ref<'VIF'>, patch: (vif: RecordOf<'VIF'>) => Partial<RecordOf<'VIF'>>): Promise<void> => {
  await change(call.services.db, tx => tx.update('VIF', self, patch(tx.need('VIF', self))));
  await reapply(call.services, self);
};

const setAllowed = (call: Call, self: Ref<'VIF'>, field: AddressField, addresses: readonly string[]): Promise<void> => {
  call.services.db.need('VIF', self);
  assertAddresses(field, addresses);
  return edit(call, self, () => ({ [field]: [...new Set(addresses)] }));
};

const addAllowed = (call: Call, self: Ref<'VIF'>, field: AddressField, address: string): Promise<void> => {
  const now = call.services.db.need('VIF', self)[field];
  return setAllowed(call, self, field, [address, ...now.filter(other => other !== address)]);
};

const removeAllowed = (call: Call, self: Ref<'VIF'>, field: AddressField, address: string): Promise<void> =>
  edit(call, self, vif => ({ [field]: vif[field].filter(other => other !== address) }));

const assertMayUse = (vif: RecordOf<'VIF'>, field: AddressField, address: string, cidr: string): void => {
  if (vif.locking_mode === 'locked' && !vif[field].includes(address)) throw new XenError('ADDRESS_VIOLATES_LOCKING_CONSTRAINT', [cidr]);
};

export const lockingOps: OpsOf<'VIF'> = {
  set_locking_mode: (call, { self, value }) => edit(call, self, () => ({ locking_mode: value })),
  set_ipv4_allowed: (call, { self, value }) => setAllowed(call, self, 'ipv4_allowed', value),
  add_ipv4_allowed: (call, { self, value }) => addAllowed(call, self, 'ipv4_allowed', value),
  remove_ipv4_allowed: (call, { self, value }) => removeAllowed(call, self, 'ipv4_allowed', value),
  set_ipv6_allowed: (call, { self, value }) => setAllowed(call, self, 'ipv6_allowed', value),
  add_ipv6_allowed: (call, { self, value }) => addAllowed(call, self, 'ipv6_allowed', value),
  remove_ipv6_allowed: (call, { self, value }) => removeAllowed(call, self, 'ipv6_allowed', value),
  configure_ipv4: (call, { self, mode, address, gateway }) =>
    change(call.services.db, tx => {
      const vif = tx.need('VIF', self);
      const fixed = mode === 'Static';
      if (fixed) assertMayUse(vif, 'ipv4_allowed', addressOfCidr(4, address), address);
      tx.update('VIF', self, {
        ipv4_configuration_mode: mode,
        ipv4_addresses: fixed ? [address] : [],
        ipv4_gateway: fixed ? gateway : '',
      });
    }),
  configure_ipv6: (call, { self, mode, address, gateway }) =>
    change(call.services.db, tx => {
      const vif = tx.need('VIF', self);
      const fixed = mode === 'Static';
      if (fixed) assertMayUse(vif, 'ipv6_allowed', addressOfCidr(6, address), address);
      tx.update('VIF', self, {
        ipv6_configuration_mode: mode,
        ipv6_addresses: fixed ? [address] : [],
        ipv6_gateway: fixed ? gateway : '',
      });
    }),
};
