// What a VIF may send and receive: locking mode, allowed addresses, the address the guest is told to take.

import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { addressOfCidr, type AddressField, assertAddresses } from './addresses.ts';
import { reapply } from './plug.ts';

type Lock = Pick<RecordOf<'VIF'>, 'locking_mode' | AddressField>;

const lockOf = ({ locking_mode, ipv4_allowed, ipv6_allowed }: Lock): Lock => ({ locking_mode, ipv4_allowed, ipv6_allowed });

/** A lock that the switch does not take is not recorded either: the record and the switch are as before, and the caller hears why. */
const edit = async (call: Call, self: Ref<'VIF'>, patch: (vif: Lock) => Partial<Lock>): Promise<void> => {
  const { db, log } = call.services;
  const [before, after] = await change(db, tx => {
    const old = lockOf(tx.need('VIF', self));
    tx.update('VIF', self, patch(old));
    return [old, lockOf(tx.need('VIF', self))] as const;
  });
  try {
    await reapply(call.services, self);
  } catch (error) {
    await change(db, tx => {
      const now = tx.get('VIF', self);
      // Unless somebody has changed it again.
      if (now && JSON.stringify(lockOf(now)) === JSON.stringify(after)) tx.update('VIF', self, before);
    });
    await reapply(call.services, self).catch((again: unknown) =>
      log.warn('a lock could not be put back on the switch yet', { error: again }),
    );
    throw error;
  }
};

const setAllowed = (call: Call, self: Ref<'VIF'>, field: AddressField, addresses: readonly string[]): Promise<void> => {
  call.services.db.need('VIF', self);
  assertAddresses(field, addresses);
  return edit(call, self, () => ({ [field]: [...new Set(addresses)] }));
};

const addAllowed = (call: Call, self: Ref<'VIF'>, field: AddressField, address: string): Promise<void> => {
  call.services.db.need('VIF', self);
  assertAddresses(field, [address]);
  return edit(call, self, vif => ({ [field]: [address, ...vif[field].filter(other => other !== address)] }));
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
