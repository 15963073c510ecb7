// The guests on one network of a host: those that run there, each by its interface; the others counted, or shown too if asked.

import { isNullRef } from '../../lib/brand.ts';
import type { ApiRecord } from '../records/objects.ts';
import { type Health, type MapNode, plain } from './node.ts';
import { flag, follow, int, list, type NetworkRecords, text } from './records.ts';

interface GuestScene {
  readonly records: NetworkRecords;
  readonly host: string;
  readonly options: { readonly all: boolean };
  readonly isOnlyHost: boolean;
}

const running: ReadonlySet<string> = new Set(['Running', 'Paused']);

/** Addresses that the guest's agent tells of one of its interfaces: keys `0/ip`, `0/ipv4/0`, `0/ipv6/1`. */
const addressesOf = (records: NetworkRecords, vm: ApiRecord, device: string): readonly string[] => {
  const networks = Object(follow(records.VM_guest_metrics, vm, 'guest_metrics')?.['networks']) as Readonly<Record<string, unknown>>;
  const told = Object.entries(networks).filter(([key]) => new RegExp(`^${device}/(ip|ipv[46]/\\d+)$`).test(key));
  return [...new Set(told.map(([, address]) => plain(String(address))))];
};

const faultOf = (vif: ApiRecord, isRunning: boolean): { readonly health: Health; readonly words: readonly string[] } => {
  if (!isRunning) return { health: 'off', words: [] };
  const detail = plain(text(vif, 'status_detail'));
  const said = int(vif, 'status_code') === 0 || detail === '' ? [] : [detail];
  if (!flag(vif, 'currently_attached'))
    return { health: 'bad', words: ['The guest runs without this interface: plug it with vif-plug.', ...said] };
  if (text(vif, 'locking_mode') === 'disabled') return { health: 'warn', words: ['Nothing passes: its locking mode is disabled.'] };
  return { health: said.length > 0 ? 'warn' : 'ok', words: said };
};

const guestNode = ({ records }: GuestScene, vif: ApiRecord, vm: ApiRecord): MapNode => {
  const device = text(vif, 'device');
  const state = text(vm, 'power_state');
  const isRunning = running.has(state);
  const { health, words } = faultOf(vif, isRunning);
  const locking = text(vif, 'locking_mode');
  const lock = locking === 'locked' || locking === 'disabled' ? [locking] : [];
  return {
    id: `VIF ${text(vif, 'uuid')}`,
    kind: 'guest',
    name: plain(text(vm, 'name_label')),
    details: [
      `vif ${device}`,
      ...(state === 'Running' ? [] : [state.toLowerCase()]),
      ...addressesOf(records, vm, device),
      ...lock,
      text(vif, 'MAC'),
    ],
    health,
    faults: words,
    children: [],
  };
};

export const guestsOf = (scene: GuestScene, network: string): readonly MapNode[] => {
  const { records, host, options, isOnlyHost } = scene;
  const shown: MapNode[] = [];
  let others = 0;
  for (const ref of list(records.network.get(network), 'VIFs')) {
    const vif = records.VIF.get(ref);
    const vm = vif && follow(records.VM, vif, 'VM');
    if (!vif || !vm || flag(vm, 'is_a_template') || flag(vm, 'is_a_snapshot')) continue;
    const where = text(vm, 'resident_on');
    if (where === host && running.has(text(vm, 'power_state'))) shown.push(guestNode(scene, vif, vm));
    else if (isNullRef(where) && isOnlyHost) {
      if (options.all) shown.push(guestNode(scene, vif, vm));
      else others += 1;
    }
  }
  const sorted = shown.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  if (others === 0) return sorted;
  const name = `${others} guest${others === 1 ? '' : 's'} that ${others === 1 ? 'does' : 'do'} not run`;
  return [...sorted, { id: `more ${network}`, kind: 'more', name, details: [], health: 'off', faults: [], children: [] }];
};
