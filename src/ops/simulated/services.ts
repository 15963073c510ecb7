// Services around the pool that the simulator keeps as records: the controller of the switches, observers, callers and their limits.

import type { Ref } from '../../lib/brand.ts';
import { nullRef } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import { setter } from '../fields.ts';
import type { OpsOf } from '../context.ts';

const MAX_PORT = 65_535;

export const sdnControllerOps: OpsOf<'SDN_controller'> = {
  introduce: (call, { protocol, address, port }) =>
    change(call.services.db, tx => {
      if (port < 0 || port > MAX_PORT) throw new XenError('VALUE_NOT_SUPPORTED', ['port', String(port), 'Port out of range']);
      if (tx.count('SDN_controller') > 0)
        throw new XenError('OPERATION_NOT_ALLOWED', ['SDN controller has been configured. Please forget it first.']);
      return tx.insert('SDN_controller', { protocol, address, port });
    }),
  forget: (call, { self }) => change(call.services.db, tx => tx.delete('SDN_controller', self)),
};

const components: ReadonlySet<string> = new Set(['xapi', 'xenopsd', 'xapi-clusterd', 'smapi']);

const assertComponents = (names: readonly string[]): void => {
  for (const name of names) if (!components.has(name)) throw new XenError('INVALID_VALUE', ['component', name]);
};

export const observerOps: OpsOf<'Observer'> = {
  create: (call, { args }) => {
    assertComponents(args.components);
    return change(call.services.db, tx => tx.insert('Observer', args));
  },
  destroy: (call, { self }) => change(call.services.db, tx => tx.delete('Observer', self)),
  set_hosts: setter('Observer', 'hosts'),
  set_enabled: setter('Observer', 'enabled'),
  set_attributes: setter('Observer', 'attributes'),
  set_endpoints: setter('Observer', 'endpoints'),
  set_components: async (call, params) => {
    assertComponents(params.value);
    await setter('Observer', 'components')(call, params);
  },
};

/** A program is known once: told again, its record takes the new name. */
const register = (
  tx: Tx,
  args: { readonly user_agent: string; readonly client_ip: string; readonly name_label: string },
): Ref<'Caller'> => {
  for (const [ref, caller] of tx.all('Caller')) {
    if (caller.user_agent !== args.user_agent || caller.client_ip !== args.client_ip) continue;
    tx.update('Caller', ref, { name_label: args.name_label });
    return ref;
  }
  return tx.insert('Caller', args);
};

export const callerOps: OpsOf<'Caller'> = {
  create: (call, { args }) => change(call.services.db, tx => register(tx, args)),
  destroy: (call, { self }) => change(call.services.db, tx => tx.delete('Caller', self)),
  /** Nobody calls a simulated pool but those who look at it: uuid, name, tokens, calls. */
  query_all_usage: async call => [...call.services.db.all('Caller')].map(([, { uuid, name_label }]) => [uuid, name_label, '0.000', '0']),
  add_group: (call, { self, group }) =>
    change(call.services.db, tx => {
      const { groups } = tx.need('Caller', self);
      if (!groups.includes(group)) tx.update('Caller', self, { groups: [group, ...groups] });
    }),
  remove_group: (call, { self, group }) =>
    change(call.services.db, tx => {
      tx.update('Caller', self, { groups: tx.need('Caller', self).groups.filter(other => other !== group) });
    }),
};

const assertPositive = (field: string, value: number): void => {
  if (value <= 0) throw new XenError('INVALID_VALUE', [field, Number.isInteger(value) ? `${value}.` : String(value)]);
};

export const rateLimitOps: OpsOf<'Rate_limit'> = {
  create: (call, { args }) => {
    assertPositive('fill_rate', args.fill_rate);
    assertPositive('burst_size', args.burst_size);
    return change(call.services.db, tx => tx.insert('Rate_limit', args));
  },
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      for (const caller of tx.need('Rate_limit', self).callers) tx.update('Caller', caller, { rate_limit: nullRef() });
      tx.delete('Rate_limit', self);
    }),
  add_caller: (call, { self, caller }) =>
    change(call.services.db, tx => {
      tx.need('Rate_limit', self);
      tx.update('Caller', caller, { rate_limit: self });
    }),
  remove_caller: (call, { self, caller }) =>
    change(call.services.db, tx => {
      if (tx.need('Caller', caller).rate_limit === self) tx.update('Caller', caller, { rate_limit: nullRef() });
    }),
  set_burst_size: async (call, params) => {
    assertPositive('burst_size', params.value);
    await setter('Rate_limit', 'burst_size')(call, params);
  },
  set_fill_rate: async (call, params) => {
    assertPositive('fill_rate', params.value);
    await setter('Rate_limit', 'fill_rate')(call, params);
  },
};
