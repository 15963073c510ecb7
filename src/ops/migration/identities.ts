// Who is who at the destination. A VM that moves keeps its uuid, and its snapshots and VBDs keep theirs; its disks are new objects on
// another SR and its NICs new plugs into another network, so they get new ones: two hosts may share a switch, and a port is known by
// its NIC's uuid there. A copy gets a new uuid for everything, and MAC addresses of its own.
// JSON, so that the journal of the plan holds it.

import { randomBytes, randomUUID } from 'node:crypto';
import { macFrom } from '../refs.ts';
import type { Shaped } from './shape.ts';
import { dictionary, object, text } from './shape.ts';

export const identityTableShape = object({
  vms: dictionary(text),
  devices: dictionary(text),
  volumes: dictionary(text),
  macs: dictionary(text),
});
/** New names by old ones; what is not in it keeps its name. */
export type IdentityTable = Shaped<typeof identityTableShape>;

export interface Identities {
  vmUuid(uuid: string): string;
  deviceUuid(uuid: string): string;
  volumeId(vdiUuid: string): string;
  mac(mac: string): string;
}

export const identitiesOf = (table: IdentityTable): Identities => ({
  vmUuid: uuid => table.vms[uuid] ?? uuid,
  deviceUuid: uuid => table.devices[uuid] ?? uuid,
  volumeId: uuid => table.volumes[uuid] ?? uuid,
  mac: mac => table.macs[mac] ?? mac,
});

export interface FamilyNames {
  readonly vms: readonly string[];
  readonly vbds: readonly string[];
  readonly vifs: readonly string[];
  readonly volumes: readonly string[];
  readonly macs: readonly string[];
}

export function chooseIdentities(family: FamilyNames, options: { readonly copy: boolean }): IdentityTable {
  const fresh = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map(name => [name, randomUUID()]));
  const volumes = fresh(family.volumes);
  const vifs = fresh(family.vifs);
  if (!options.copy) return { vms: {}, devices: vifs, volumes, macs: {} };
  const macs = Object.fromEntries(family.macs.map(mac => [mac, macFrom(randomBytes(6))]));
  return { vms: fresh(family.vms), devices: { ...fresh(family.vbds), ...vifs }, volumes, macs };
}
