// The messages of the class network.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { attachNetwork } from './bridge.ts';
import { bridgeNamer } from './bridge-names.ts';
import { reapply } from '../vif/plug.ts';

/** Names that the system gives to bridges of its own. */
const reserved = /^(xenbr|xapi|br)\d*$|^xenapi$/;

const chooseBridge = (db: Reader, wanted: string): string => {
  if (wanted === '') return bridgeNamer(db)();
  const taken = [...db.all('network')].some(([, network]) => network.bridge === wanted);
  // A bridge's name is an interface's name on the host: 15 characters at most.
  if (taken || reserved.test(wanted) || !/^[A-Za-z][\w.-]{0,14}$/.test(wanted)) throw new XenError('INVALID_VALUE', ['bridge', wanted]);
  return wanted;
};

const assertUnused = (db: Reader, ref: Ref<'network'>): void => {
  const network = db.need('network', ref);
  if (network.other_config['is_host_internal_management_network'] === 'true') throw new XenError('CANNOT_DESTROY_SYSTEM_NETWORK', [ref]);
  const connected = network.VIFs.filter(vif => db.need('VIF', vif).currently_attached);
  if (connected.length > 0) throw new XenError('NETWORK_CONTAINS_VIF', connected);
  if (network.PIFs.length > 0) throw new XenError('NETWORK_CONTAINS_PIF', network.PIFs);
};

const destroy = async (call: Call, self: Ref<'network'>): Promise<void> => {
  const { services } = call;
  const { bridge, managed } = services.db.need('network', self);
  await change(services.db, tx => {
    assertUnused(tx, self);
    for (const vif of tx.need('network', self).VIFs) tx.delete('VIF', vif);
    tx.delete('network', self);
  });
  if (managed) await services.network.removeBridge(bridge);
};

type DefaultLock = RecordOf<'network'>['default_locking_mode'];

/** All VIFs that follow it at once. If the switch does not take it for one, all are as before. */
const setDefaultLock = async ({ services }: Call, network: Ref<'network'>, value: DefaultLock): Promise<void> => {
  const { db, log } = services;
  const set = (mode: DefaultLock): Promise<DefaultLock> =>
    change(db, tx => {
      const { default_locking_mode: before } = tx.need('network', network);
      tx.update('network', network, { default_locking_mode: mode });
      return before;
    });
  const followers = (): readonly Ref<'VIF'>[] =>
    db.need('network', network).VIFs.filter(vif => db.need('VIF', vif).locking_mode === 'network_default');
  const before = await set(value);
  const results = await Promise.allSettled(followers().map(vif => reapply(services, vif)));
  const failed = results.find(result => result.status === 'rejected');
  if (failed === undefined) return;
  await set(before);
  for (const result of await Promise.allSettled(followers().map(vif => reapply(services, vif))))
    if (result.status === 'rejected') log.warn('a lock could not be put back on the switch yet', { error: result.reason });
  throw failed.reason;
};

export const networkOps: OpsOf<'network'> = {
  create: (call, { args }) => change(call.services.db, tx => tx.insert('network', { ...args, bridge: chooseBridge(tx, args.bridge) })),
  destroy: (call, { self }) => destroy(call, self),
  attach: async (call, { network, host }) => {
    const { services } = call;
    services.db.need('host', host);
    await attachNetwork(services, network);
  },
  set_default_locking_mode: (call, { network, value }) => setDefaultLock(call, network, value),
  add_purpose: (call, { self, value }) =>
    change(call.services.db, tx => {
      const { purpose } = tx.need('network', self);
      if (!purpose.includes(value)) tx.update('network', self, { purpose: [...purpose, value] });
    }),
  remove_purpose: (call, { self, value }) =>
    change(call.services.db, tx => {
      tx.update('network', self, { purpose: tx.need('network', self).purpose.filter(other => other !== value) });
    }),
};
