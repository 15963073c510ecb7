// PIF.set_property: what a NIC does with frames beyond carrying them. There is one property, `gro`. That of a bond is its members' too.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';

const values: Readonly<Record<string, readonly string[]>> = { gro: ['on', 'off'] };

const setProperty = (tx: Tx, self: Ref<'PIF'>, name: string, value: string): void => {
  const known = Object.hasOwn(values, name) ? values[name] : undefined;
  if (known?.includes(value) !== true) throw new XenError('INVALID_VALUE', ['properties', `${name} = ${value}`]);
  const set = (ref: Ref<'PIF'>): void => tx.update('PIF', ref, { properties: { ...tx.need('PIF', ref).properties, [name]: value } });
  set(self);
  for (const bond of tx.need('PIF', self).bond_master_of) for (const member of tx.need('Bond', bond).slaves) set(member);
};

export const propertyOps: OpsOf<'PIF'> = {
  set_property: (call, { self, name, value }) => {
    call.services.db.need('PIF', self);
    return changeNetwork(call, tx => setProperty(tx, self, name, value));
  },
};
