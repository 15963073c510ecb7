// The guest that waits for its memory: its disks opened, its NICs plugged, its process started and paused.

import { stat } from 'node:fs/promises';
import type { GuestSpec, NicSpec } from '../../../drivers/hypervisor.ts';
import { buildTinyLinux, tinyLinuxCache } from '../../../drivers/hypervisor/tiny-linux/build.ts';
import type { VifPort } from '../../../drivers/network.ts';
import type { VolumeSource } from '../../../drivers/storage.ts';
import { XenError } from '../../../model/error.ts';
import type { Services } from '../../context.ts';
import { ensureBridgeOf } from '../../network/bridge.ts';
import { asRef } from '../../refs.ts';
import { srDriver } from '../../steps/volumes.ts';
import type { TravellingGuest } from '../protocol.ts';
import type { ReceivedVolume } from './record.ts';

/** Opens a guest's disks. `volumes` are the reception's own, by id. */
export async function openDisks(
  services: Services,
  guest: TravellingGuest,
  volumes: ReadonlyMap<string, ReceivedVolume>,
): Promise<ReadonlyMap<string, VolumeSource>> {
  const sources = new Map<string, VolumeSource>();
  for (const disk of guest.disks) {
    const at = disk.volume === null ? knownVolume(services, disk.medium) : volumes.get(disk.volume);
    if (disk.volume !== null && at === undefined) throw new XenError('UUID_INVALID', ['VDI', disk.volume]);
    if (at === undefined) continue;
    sources.set(disk.id, await srDriver(services, at.sr).attach(at.id, { readOnly: disk.readOnly, owner: guest.id }));
  }
  return sources;
}

/** What the guest uses and the reception did not make. */
export const borrowedBy = (services: Services, guest: TravellingGuest): readonly { readonly id: string; readonly sr: string }[] =>
  guest.disks.flatMap(disk => (disk.volume === null ? (knownVolume(services, disk.medium) ?? []) : []));

function knownVolume({ db }: Services, uuid: string | null): { readonly id: string; readonly sr: string } | undefined {
  if (uuid === null) return undefined;
  const ref = db.byUuid('VDI', uuid);
  if (ref === undefined) throw new XenError('UUID_INVALID', ['VDI', uuid]);
  return { id: uuid, sr: db.need('SR', db.need('VDI', ref).SR).uuid };
}

export const portsOf = ({ db }: Services, guest: TravellingGuest): readonly VifPort[] =>
  guest.nics.map(({ network, rateKbps, ...nic }) => ({
    ...nic,
    vmId: guest.id,
    bridge: db.need('network', asRef<'network'>(network)).bridge,
    ...(rateKbps !== null && { rateKbps }),
  }));

/** Plugs the guest's NICs. */
export async function plugPorts(services: Services, ports: readonly VifPort[]): Promise<readonly NicSpec[]> {
  const nics: NicSpec[] = [];
  for (const port of ports) {
    await ensureBridgeOf(services, port.bridge);
    const attachment = await services.network.plug(port);
    nics.push({ id: port.id, device: port.device, mac: port.mac, mtu: port.mtu, attachment });
  }
  return nics;
}

/** What the guest boots from here: the files it names, or this host's own of what every host makes. Throws INVALID_VALUE. */
export async function bootHere({ hypervisor }: Services, { boot, bootsBuiltIn }: TravellingGuest): Promise<GuestSpec['boot']> {
  // The simulator runs no code, so it needs none.
  if (boot.kind !== 'kernel' || hypervisor.kind === 'sim') return boot;
  if (bootsBuiltIn) return { ...boot, ...(await buildTinyLinux(tinyLinuxCache())) };
  const missing = await firstMissing([boot.kernelPath, ...(boot.ramdiskPath === undefined ? [] : [boot.ramdiskPath])]);
  if (missing !== undefined) throw new XenError('INVALID_VALUE', ['kernel', missing, 'File does not exist']);
  return boot;
}

async function firstMissing(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return file;
  }
  return undefined;
}

/** The guest as this host shall start it. */
export function specOf(
  guest: TravellingGuest,
  boot: GuestSpec['boot'],
  sources: ReadonlyMap<string, VolumeSource>,
  nics: readonly NicSpec[],
): GuestSpec {
  const { boot: _there, bootsBuiltIn: _isOwn, cpuModel, cpuFeatures, domainType, disks, ...rest } = guest;
  return {
    ...rest,
    boot,
    nics,
    disks: disks.map(({ id, userdevice, kind, readOnly, bootable }) => {
      const source = sources.get(id);
      return { id, userdevice, kind, readOnly, bootable, ...(source && { source }) };
    }),
    ...(cpuModel !== null && { cpuModel }),
    ...(cpuFeatures !== null && { cpuFeatures }),
    ...(domainType !== null && { domainType }),
  };
}
