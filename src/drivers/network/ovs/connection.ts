// The connection to one Open vSwitch: its database followed, and what this host is to it. Made when first needed, and anew when lost.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DriverError } from '../../hypervisor.ts';
import type { NicChoice } from '../../network.ts';
import type { RuleKeeper } from './guard/rule-keeper.ts';
import type { Host } from './host.ts';
import { createNames } from './names.ts';
import { OvsdbClient } from './ovsdb-client.ts';
import { SwitchView } from './switch-view.ts';

export interface Connection {
  readonly client: OvsdbClient;
  readonly view: SwitchView;
  readonly host: Host;
  /** Of the guard bridge. */
  readonly rules: RuleKeeper;
}

export interface ConnectionOptions {
  readonly tag: string;
  /** Where Open vSwitch keeps its sockets; default: OVS_RUNDIR, else /var/run/openvswitch. */
  readonly rundir: string | undefined;
  /** `auto` finds out. */
  readonly datapath: 'auto' | 'system' | 'netdev';
  readonly privateNames: boolean;
  readonly nics: NicChoice;
  readonly rules: RuleKeeper;
}

/** The datapath is the kernel's where its module is loaded, else user space. */
const hasKernelDatapath = async (types: readonly string[]): Promise<boolean> =>
  types.includes('system') &&
  (await access('/sys/module/openvswitch').then(
    () => true,
    () => false, // the module is not loaded
  ));

export const takesNic =
  (nics: NicChoice) =>
  (device: string): boolean =>
    nics === 'all' || (nics !== 'none' && nics.includes(device));

export const rundirOf = (rundir: string | undefined): string => rundir ?? process.env['OVS_RUNDIR'] ?? '/var/run/openvswitch';

export const connectSwitch = async ({ tag, rundir, datapath, privateNames, nics, rules }: ConnectionOptions): Promise<Connection> => {
  const client = await OvsdbClient.connect(join(rundirOf(rundir), 'db.sock'));
  try {
    const view = await SwitchView.follow(client);
    if (!view.switch) throw new DriverError('bad-state', "Open vSwitch's database is empty: ovs-vswitchd has never run on it");
    const isSystem = datapath === 'auto' ? await hasKernelDatapath(view.switch.datapathTypes) : datapath === 'system';
    const names = createNames(tag, privateNames);
    const host = {
      tag,
      datapathType: isSystem ? 'system' : 'netdev',
      names,
      takes: takesNic(nics),
      numbersInRules: () => rules.named,
    } as const;
    return { client, view, host, rules };
  } catch (error) {
    client.close();
    throw error;
  }
};
