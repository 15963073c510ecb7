// A reset where hostd does not answer: the switch is brought at once to what the records will say after the reset, worked out on a copy of the
// database; where that cannot be read, to the management alone. The records themselves are reset by the next start.

import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '../../db/open.ts';
import { sqliteStore } from '../../db/stores/sqlite.ts';
import type { Db } from '../../db/db.ts';
import { messageOf } from '../../drivers/errno.ts';
import type { HostIp, HostNetwork, NetworkDriver } from '../../drivers/network.ts';
import { prefixOfNetmask } from '../../ops/network/host-ip.ts';
import { bridgeOf } from '../../ops/boot/networks.ts';
import { desiredNetwork } from '../../ops/network/desired.ts';
import { resetRecords, whatGoes } from '../../ops/network/reset/records.ts';
import type { NetworkSettings } from '../../ops/network/reset/settings.ts';
import { deleteTrialRecord } from '../../ops/network/trial/record.ts';

const DATABASE = 'xcp.db';

/** A copy that may be written to, with whatever its journal holds. */
const withCopy = async <T>(stateDir: string, work: (db: Db) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-reset-'));
  try {
    for (const name of await readdir(stateDir))
      if (name === DATABASE || name === `${DATABASE}-wal`) await copyFile(join(stateDir, name), join(folder, name));
    const db = await openDb({ store: await sqliteStore({ path: join(folder, DATABASE) }) });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export interface Prospect {
  readonly state: HostNetwork;
  readonly goes: readonly string[];
  /** Why the database could not be asked. */
  readonly problem?: string;
}

const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const ipOf = (settings: NetworkSettings): HostIp => {
  const { mode, modeV6, ip, netmask, gateway, ipv6, gatewayV6, dns } = settings;
  const [address = '', length = '64'] = ipv6.split('/');
  return {
    ipv4:
      mode === 'static'
        ? { kind: 'static', address: ip, prefixLength: prefixOfNetmask(netmask), ...(gateway !== '' && { gateway }) }
        : { kind: mode },
    ipv6:
      modeV6 === 'static'
        ? { kind: 'static', address, prefixLength: Number(length), ...(gatewayV6 !== '' && { gateway: gatewayV6 }) }
        : { kind: modeV6 },
    dns,
    isManagement: true,
  };
};

/** By the MAC address that the records have for it too: the neighbours' tables stay right when hostd is back. */
const macOf = async (device: string): Promise<string | undefined> =>
  readFile(`/sys/class/net/${device}/address`, 'utf8').then(
    text => text.trim(),
    () => undefined, // there is no such device: the switch will say so
  );

const managementAlone = async (settings: NetworkSettings): Promise<HostNetwork> => {
  const { device, vlan } = settings;
  const bridge = bridgeOf(device);
  const mac = await macOf(device);
  const nic = {
    bridge,
    networkId: uuidOf(1),
    mtu: 1500,
    uplink: { kind: 'nic', pif: uuidOf(2), device },
    ...(mac !== undefined && { mac }),
  } as const;
  if (vlan === undefined) return { networks: [{ ...nic, ip: ipOf(settings) }], ports: [] };
  const tagged = {
    bridge: 'xapi0',
    networkId: uuidOf(3),
    mtu: 1500,
    uplink: { kind: 'vlan', pif: uuidOf(4), parent: bridge, tag: vlan },
    ip: ipOf(settings),
  } as const;
  return { networks: [nic, tagged], ports: [] };
};

/** What a reset makes of the host, and what goes with it. Never rejects for the database's sake. */
export const prospectOf = async (stateDir: string, settings: NetworkSettings): Promise<Prospect> => {
  try {
    return await withCopy(stateDir, async db => {
      const host = [...db.all('pool')][0]?.[1].master;
      if (host === undefined) throw new Error('it is empty');
      const goes = whatGoes(db, host);
      await db.transaction(tx => {
        resetRecords(tx, host, settings);
        deleteTrialRecord(tx);
      });
      return { state: desiredNetwork(db, host), goes };
    });
  } catch (error) {
    return { state: await managementAlone(settings), goes: [], problem: messageOf(error) };
  }
};

/** What could not be made, in words. */
export const applyOffline = async (network: NetworkDriver, { state }: Prospect): Promise<readonly string[]> => {
  const failures = await network.apply(state);
  const management = state.networks.find(({ ip }) => ip?.isManagement === true);
  const blamed = management && management.uplink.kind !== 'none' ? management.uplink.pif : '';
  return [...failures].map(([uuid, { message }]) => (uuid === blamed ? `the management: ${message}` : message));
};
