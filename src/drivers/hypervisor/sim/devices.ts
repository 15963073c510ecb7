// Simulated disks, cards, processors and memory of a guest.

import { DriverError, type FreezeRequest, type HypervisorDriver } from '../../hypervisor.ts';
import type { Fault, Transfer } from './transfer.ts';
import type { SimGuest, World } from './world.ts';

export interface SimDeviceParts {
  readonly world: World;
  readonly fault: Fault;
  readonly transfer: Transfer;
  /** How long a guest takes to do what it is asked. */
  readonly obey: (signal?: AbortSignal) => Promise<void>;
}

export type SimDevices = Pick<
  HypervisorDriver,
  | 'plugDisk'
  | 'unplugDisk'
  | 'changeMedium'
  | 'resizeDisk'
  | 'plugNic'
  | 'unplugNic'
  | 'setVcpus'
  | 'setMemoryTarget'
  | 'setScheduling'
  | 'freeze'
  | 'thaw'
  | 'activeLayer'
  | 'moveDisk'
  | 'checkpoint'
>;

const layerOf = (guest: SimGuest, diskId: string): string | null => {
  const layer = guest.layers[diskId];
  if (layer === undefined) throw new DriverError('not-found', `guest ${guest.spec.id} has no disk ${diskId}`);
  return layer;
};

const frozen = (guest: SimGuest, disks: readonly FreezeRequest[]): SimGuest['layers'] => {
  for (const { diskId } of disks) layerOf(guest, diskId);
  return { ...guest.layers, ...Object.fromEntries(disks.map(disk => [disk.diskId, disk.overlay.path])) };
};

const without = <T extends { readonly id: string }>(list: readonly T[], id: string): readonly T[] => list.filter(each => each.id !== id);

const plugging = ({ world, fault, obey }: SimDeviceParts): Pick<SimDevices, 'plugDisk' | 'unplugDisk' | 'plugNic' | 'unplugNic'> => ({
  async plugDisk(id, disk) {
    await fault('plugDisk', id);
    const guest = await world.get(id);
    if (disk.kind === 'cd') throw new DriverError('unsupported', 'a CD drive cannot be added to a running guest');
    if (disk.source === undefined) throw new DriverError('bad-config', `disk ${disk.userdevice} has no volume`);
    if (guest.layers[disk.id] !== undefined) throw new DriverError('exists', `disk ${disk.id} is plugged already`);
    const spec = { ...guest.spec, disks: [...guest.spec.disks, disk] };
    await world.change(id, { spec, layers: { ...guest.layers, [disk.id]: disk.source.path } });
  },
  async unplugDisk(id, diskId, { signal }) {
    await fault('unplugDisk', id, signal);
    await obey(signal);
    const guest = await world.get(id);
    const { [diskId]: _gone, ...layers } = guest.layers;
    await world.change(id, { spec: { ...guest.spec, disks: without(guest.spec.disks, diskId) }, layers });
  },
  async plugNic(id, nic) {
    await fault('plugNic', id);
    const guest = await world.get(id);
    if (guest.spec.nics.some(each => each.id === nic.id)) throw new DriverError('exists', `network card ${nic.id} is plugged already`);
    await world.change(id, { spec: { ...guest.spec, nics: [...guest.spec.nics, nic] } });
  },
  async unplugNic(id, nicId, { signal }) {
    await fault('unplugNic', id, signal);
    await obey(signal);
    const guest = await world.get(id);
    await world.change(id, { spec: { ...guest.spec, nics: without(guest.spec.nics, nicId) } });
  },
});

const sizing = ({ world, fault }: SimDeviceParts): Pick<SimDevices, 'setVcpus' | 'setMemoryTarget' | 'setScheduling' | 'resizeDisk'> => ({
  async setVcpus(id, count) {
    await fault('setVcpus', id);
    const { spec } = await world.get(id);
    if (count < 1 || count > spec.vcpusMax)
      throw new DriverError('bad-config', `a guest with at most ${spec.vcpusMax} vCPUs cannot have ${count}`);
    await world.change(id, { vcpus: count });
  },
  async setMemoryTarget(id, bytes) {
    await fault('setMemoryTarget', id);
    const { spec } = await world.get(id);
    if (bytes <= 0 || bytes > spec.memoryStaticMaxBytes)
      throw new DriverError('bad-config', `a memory target of ${bytes} bytes is not within the guest's ${spec.memoryStaticMaxBytes}`);
    await world.change(id, { memoryBytes: bytes });
  },
  async setScheduling(id, scheduling) {
    await fault('setScheduling', id);
    const { spec } = await world.get(id);
    await world.change(id, { spec: { ...spec, scheduling } });
  },
  async resizeDisk(id, diskId) {
    await fault('resizeDisk', id);
    layerOf(await world.get(id), diskId);
  },
});

export const createSimDevices = (parts: SimDeviceParts): SimDevices => {
  const { world, fault, transfer } = parts;
  return {
    ...plugging(parts),
    ...sizing(parts),
    async changeMedium(id, diskId, source) {
      await fault('changeMedium', id);
      const guest = await world.get(id);
      layerOf(guest, diskId);
      if (guest.spec.disks.find(disk => disk.id === diskId)?.kind !== 'cd')
        throw new DriverError('unsupported', `disk ${diskId} has no exchangeable medium`);
      await world.change(id, { layers: { ...guest.layers, [diskId]: source?.path ?? null } });
    },
    async freeze(id, disks) {
      await fault('freeze', id);
      const guest = await world.get(id);
      await world.change(id, { layers: frozen(guest, disks) });
    },
    async activeLayer(id, diskId) {
      const guest = await world.find(id);
      return guest === undefined ? undefined : (layerOf(guest, diskId) ?? undefined);
    },
    async thaw(id, diskId, below, { signal }) {
      await fault('thaw', id, signal);
      const guest = await world.get(id);
      layerOf(guest, diskId);
      await world.change(id, { layers: { ...guest.layers, [diskId]: below.path } });
    },
    async moveDisk(id, diskId, target, options) {
      await fault('moveDisk', id, options.signal);
      layerOf(await world.get(id), diskId);
      await transfer(target.sizeBytes, options);
      const guest = await world.get(id);
      await world.change(id, { layers: { ...guest.layers, [diskId]: target.path } });
    },
    async checkpoint(id, _image, disks, { signal }) {
      await fault('checkpoint', id, signal);
      const guest = await world.get(id);
      await transfer(guest.memoryBytes, { signal });
      await world.change(id, { layers: frozen(guest, disks) });
    },
  };
};
