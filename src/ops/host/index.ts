// The messages of the class host, but for migration.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { allMessages } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { staysDisabledKey } from '../boot/host.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { setter } from '../fields.ts';
import { timeText } from '../refs.ts';
import { hostMessages } from './messages.ts';
import { setHostPower } from './power.ts';
import { callPlugin } from './plugins.ts';

const guestsOn = (db: Reader, host: Ref<'host'>): readonly Ref<'VM'>[] =>
  db.need('host', host).resident_VMs.filter(vm => !db.need('VM', vm).is_control_domain);

const enable = (call: Call, host: Ref<'host'>): Promise<void> =>
  change(call.services.db, tx => {
    const { MAINTENANCE_MODE: _mode, [staysDisabledKey]: _stays, ...config } = tx.need('host', host).other_config;
    tx.update('host', host, { enabled: true, other_config: config });
  });

/** An evacuation says nothing of how long: one that was to stay disabled stays so. */
const disable = (call: Call, host: Ref<'host'>, autoEnable?: boolean): Promise<void> =>
  change(call.services.db, tx => {
    const { [staysDisabledKey]: stays, ...config } = tx.need('host', host).other_config;
    const staysDisabled = autoEnable === undefined ? stays !== undefined : !autoEnable;
    tx.update('host', host, { enabled: false, other_config: staysDisabled ? { ...config, [staysDisabledKey]: 'true' } : config });
  });

const refuseLive = async (call: Call, host: Ref<'host'>): Promise<never> => {
  call.services.db.need('host', host);
  throw new XenError('HOST_IS_LIVE', [host]);
};

const memoryOverheadBytes = (call: Call, host: Ref<'host'>): number => {
  const { db } = call.services;
  return guestsOn(db, host).reduce((sum, vm) => sum + db.need('VM', vm).memory_overhead, db.need('host', host).memory_overhead);
};

const noExtension = (name: string): XenError => new XenError('XENAPI_MISSING_PLUGIN', [name]);

/** What a host admits but cannot do alone: its guests have nowhere to go. */
const evacuate = async (call: Call, host: Ref<'host'>): Promise<void> => {
  const guests = guestsOn(call.services.db, host);
  if (guests.length > 0) throw new XenError('NO_HOSTS_AVAILABLE', guests);
};

export const hostOps: OpsOf<'host'> = {
  ...hostMessages,
  enable: (call, { host }) => enable(call, host),
  disable: (call, { host, auto_enable: autoEnable }) => disable(call, host, autoEnable),
  shutdown: (call, { host }) => setHostPower(call, host, { restart: false }),
  reboot: (call, { host }) => setHostPower(call, host, { restart: true }),
  destroy: (call, { self }) => refuseLive(call, self),
  declare_dead: (call, { host }) => refuseLive(call, host),
  power_on: (call, { host }) => refuseLive(call, host),
  get_servertime: async () => timeText(),
  get_server_localtime: async () => {
    const now = new Date();
    return timeText(new Date(now.getTime() - now.getTimezoneOffset() * 60_000)).replace(/Z$/, '');
  },
  list_methods: async () => [...allMessages().keys()],
  compute_free_memory: async (call, { host }) => {
    call.services.db.need('host', host);
    return (await call.services.hypervisor.probe()).memoryFreeBytes;
  },
  compute_memory_overhead: async (call, { host }) => memoryOverheadBytes(call, host),
  get_management_interface: async (call, { host }) => {
    const { db } = call.services;
    const found = db.need('host', host).PIFs.find(pif => db.need('PIF', pif).management);
    if (found === undefined) throw new XenError('HOST_HAS_NO_MANAGEMENT_IP');
    return found;
  },
  assert_can_evacuate: (call, { host }) => evacuate(call, host),
  evacuate: async (call, { host }) => {
    await evacuate(call, host);
    await disable(call, host);
  },
  get_vms_which_prevent_evacuation: async (call, { self }) =>
    Object.fromEntries(guestsOn(call.services.db, self).map(vm => [vm, ['NO_HOSTS_AVAILABLE']])),
  get_uncooperative_resident_VMs: async (call, { self }) => {
    call.services.db.need('host', self);
    return [];
  },
  has_extension: async (call, { host }) => {
    call.services.db.need('host', host);
    return false;
  },
  call_extension: async (call, { host, call: name }) => {
    call.services.db.need('host', host);
    throw noExtension(name);
  },
  call_plugin: async (call, { host, plugin, fn, args }) => {
    call.services.db.need('host', host);
    return callPlugin(call, plugin, fn, args);
  },
  /** A pool of one host is always with its master. */
  is_in_emergency_mode: async () => false,
  /** Who is answered knows that the agent is there. */
  ha_xapi_healthcheck: async () => true,
  sync_data: async (call, { host }) => {
    call.services.db.need('host', host);
  },
  set_hostname_live: (call, { host, hostname }) => {
    if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(hostname)) throw new XenError('HOST_NAME_INVALID', [hostname]);
    return change(call.services.db, tx => tx.update('host', host, { hostname }));
  },
  set_iscsi_iqn: (call, { host, value }) => change(call.services.db, tx => tx.update('host', host, { iscsi_iqn: value })),
  set_multipathing: (call, { host, value }) => change(call.services.db, tx => tx.update('host', host, { multipathing: value })),
  set_power_on_mode: (call, { self, power_on_mode, power_on_config }) =>
    change(call.services.db, tx => tx.update('host', self, { power_on_mode, power_on_config })),
  set_numa_affinity_policy: setter('host', 'numa_affinity_policy'),
};
