// What a host's network should be, from the database alone: each attached interface of the host with what lies below it, and the ports
// of the guests that run there. Pure; what the driver is given is this and nothing else.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { HostedNetwork, HostNetwork, Uplink, VifPort } from '../../drivers/network.ts';
import type { RecordOf } from '../../model/index.ts';
import { portOf } from '../vm/spec.ts';
import { bondUplink } from './bond-uplink.ts';
import { hostIp } from './host-ip.ts';
import { possibleMtu } from './mtu.ts';
import { staticRoutes } from './static-routes.ts';
import { type TrialRecord, trialRecord } from './trial/record.ts';
import { tunnelUplink } from './tunnel-uplink.ts';

type Pif = RecordOf<'PIF'>;

/** The address of interfaces that have none of their own. */
const noMac = 'fe:ff:ff:ff:ff:ff';

const uplinkOf = (db: Reader, pif: Pif): Uplink => {
  const [bond] = pif.bond_master_of;
  if (bond !== undefined) return bondUplink(db, pif, db.need('Bond', bond));
  if (!isNullRef(pif.VLAN_master_of)) {
    const { tagged_PIF: below, tag } = db.need('VLAN', pif.VLAN_master_of);
    const parent = db.need('network', db.need('PIF', below).network).bridge;
    return { kind: 'vlan', pif: pif.uuid, parent, tag };
  }
  const [tunnel] = pif.tunnel_access_PIF_of;
  if (tunnel !== undefined) return tunnelUplink(db, pif, db.need('tunnel', tunnel));
  return pif.physical ? { kind: 'nic', pif: pif.uuid, device: pif.device } : { kind: 'none' };
};

const networkOf = (db: Reader, pif: Pif, leaving: TrialRecord['leaving'] | undefined): HostedNetwork => {
  const network = db.need('network', pif.network);
  const ip = hostIp(pif, { leaving: leaving?.[network.uuid], routes: staticRoutes(network.other_config['static-routes']) });
  const uplink = uplinkOf(db, pif);
  return {
    bridge: network.bridge,
    networkId: network.uuid,
    mtu: possibleMtu(network.MTU),
    uplink,
    ...(uplink.kind !== 'vlan' && pif.MAC !== '' && pif.MAC !== noMac && { mac: pif.MAC.toLowerCase() }),
    ...(ip && { ip }),
    ...(pif.properties['gro'] === 'off' && (uplink.kind === 'nic' || uplink.kind === 'bond') && { gro: false as const }),
    ...(pif.igmp_snooping_status === 'enabled' && { igmpSnooping: true }),
  };
};

/** The interface that this one stands on, which must be there whether or not anybody asked for it by itself. */
const below = (db: Reader, pif: Pif): Ref<'PIF'> | undefined => {
  if (!isNullRef(pif.VLAN_master_of)) return db.need('VLAN', pif.VLAN_master_of).tagged_PIF;
  const [tunnel] = pif.tunnel_access_PIF_of;
  return tunnel === undefined ? undefined : db.need('tunnel', tunnel).transport_PIF;
};

const guestPorts = (db: Reader, host: Ref<'host'>): readonly VifPort[] =>
  db
    .referrers('VM', 'resident_on', host)
    .flatMap(vm => db.need('VM', vm).VIFs)
    .filter(vif => db.need('VIF', vif).currently_attached)
    .map(vif => portOf(db, vif));

/** Members of bonds, and interfaces that somebody else manages, are not there by themselves; virtual functions are on no switch. */
const isOwn = (pif: Pif): boolean => pif.managed && isNullRef(pif.bond_slave_of) && pif.sriov_logical_PIF_of.length === 0;

export const desiredNetwork = (db: Reader, host: Ref<'host'>): HostNetwork => {
  const networks = new Map<string, HostedNetwork>();
  const leaving = trialRecord(db)?.leaving;
  const add = (ref: Ref<'PIF'>): void => {
    const pif = db.get('PIF', ref);
    if (!pif || !isOwn(pif) || !db.get('network', pif.network) || networks.has(ref)) return;
    networks.set(ref, networkOf(db, pif, leaving));
    const lower = below(db, pif);
    if (lower !== undefined) add(lower);
  };
  for (const ref of db.referrers('PIF', 'host', host)) if (db.need('PIF', ref).currently_attached) add(ref);
  return { networks: [...networks.values()], ports: guestPorts(db, host) };
};
