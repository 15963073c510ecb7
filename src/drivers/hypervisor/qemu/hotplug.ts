// Plugging and unplugging disks, network cards and processors of a running guest, and changing the media of its CD drives.
// Unplugging needs the guest's help: QEMU asks it, and tells by an event when the guest has let go.

import { type DiskSpec, DriverError, type HypervisorDriver, type NicSpec } from '../../hypervisor.ts';
import { numberOf, objectOf, objectsOf, textOf } from '../qmp/answers.ts';
import { addNode, sweepNodes } from '../qmp/blocks.ts';
import { diskDevice, isOnSata, nicBackend, nicDevice } from './devices.ts';
import type { Guest } from './guest.ts';
import { exchangeMedium } from '../qmp/media.ts';
import { deviceId, openVolume } from '../qmp/nodes.ts';
import type { GuestRegistry } from './registry.ts';

const CPU_UNPLUG_TIMEOUT_MS = 10_000;

export type HotPlug = Pick<HypervisorDriver, 'plugDisk' | 'unplugDisk' | 'changeMedium' | 'plugNic' | 'unplugNic' | 'setVcpus'>;

const devicePaths = async ({ monitor }: Guest): Promise<ReadonlySet<string>> =>
  new Set(objectsOf(await monitor.execute('qom-list', { path: '/machine/peripheral' })).map(each => textOf(each['name'])));

/** Takes a device away with the guest's help. Idempotent. Rejects with `guest-refused` when the guest says no. */
const removeDevice = async (guest: Guest, device: string, signal: AbortSignal): Promise<void> => {
  if (!(await devicePaths(guest)).has(device)) return;
  const refused = new AbortController();
  const stop = guest.monitor.onEvent(event => {
    if (event.name === 'DEVICE_UNPLUG_GUEST_ERROR' && event.data['device'] === device) {
      refused.abort(new DriverError('guest-refused', `the guest does not let go of ${device}`));
    }
  });
  try {
    await askToLetGo(guest, device);
    const gone = async (): Promise<true | undefined> => ((await devicePaths(guest)).has(device) ? undefined : true);
    await guest.monitor.until(['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR'], gone, AbortSignal.any([signal, refused.signal]));
  } finally {
    stop();
  }
};

/** A guest that has been asked before and has not answered yet is not asked again: QEMU says so. */
const askToLetGo = async (guest: Guest, device: string): Promise<void> => {
  try {
    await guest.monitor.execute('device_del', { id: device });
  } catch (error) {
    if (!(error instanceof DriverError && error.message.includes('in the process of unplug'))) throw error;
  }
};

const plugDisk = async (guest: Guest, disk: DiskSpec): Promise<void> => {
  if (disk.kind === 'cd') throw new DriverError('unsupported', 'a CD drive cannot be added to a running guest; its medium can be changed');
  if (disk.source === undefined) throw new DriverError('bad-config', `disk ${disk.userdevice} has no volume`);
  const { spec } = guest.handle;
  if (isOnSata(disk, spec)) {
    throw new DriverError(
      'unsupported',
      `disk ${disk.userdevice} is on SATA, where a running guest gets no disk: use a number from 6, or shut it down`,
    );
  }
  const device = diskDevice(disk, spec);
  if ((await devicePaths(guest)).has(deviceId('disk', disk.id))) throw new DriverError('exists', `disk ${disk.id} is plugged already`);
  await addNode(guest, openVolume(disk.id, disk.source, { readOnly: disk.readOnly, below: 'chain' }));
  try {
    await guest.monitor.execute('device_add', device);
  } catch (error) {
    if (!guest.monitor.isClosed) await sweepNodes(guest, disk.id);
    throw error;
  }
};

const plugNic = async (guest: Guest, nic: NicSpec): Promise<void> => {
  const backend = nicBackend(nic);
  if ((await devicePaths(guest)).has(deviceId('nic', nic.id))) throw new DriverError('exists', `network card ${nic.id} is plugged already`);
  if (backend !== undefined) await guest.monitor.execute('netdev_add', { type: backend.type, ...backend.options });
  try {
    await guest.monitor.execute('device_add', nicDevice(nic, guest.handle.spec));
  } catch (error) {
    if (backend !== undefined && !guest.monitor.isClosed) await removeNetwork(guest, nic.id);
    throw error;
  }
};

/** A card that was connected to nothing has no other end to remove. */
const removeNetwork = async (guest: Guest, nicId: string): Promise<void> => {
  try {
    await guest.monitor.execute('netdev_del', { id: deviceId('net', nicId) });
  } catch (error) {
    if (!(error instanceof DriverError && error.kind === 'not-found') || guest.monitor.isClosed) throw error;
  }
};

interface CpuSlot {
  readonly driver: string;
  readonly props: ReturnType<typeof objectOf>;
  readonly index: number;
  /** Absent when the slot is free. */
  readonly path?: string;
}

/** In the order in which processors are plugged. */
const cpuSlots = async ({ monitor }: Guest): Promise<readonly CpuSlot[]> =>
  objectsOf(await monitor.execute('query-hotpluggable-cpus'))
    .map(slot => {
      const props = objectOf(slot['props']);
      const index = numberOf(props['socket-id']) * 4096 + numberOf(props['core-id']);
      return { driver: textOf(slot['type']), props, index, ...(typeof slot['qom-path'] === 'string' && { path: slot['qom-path'] }) };
    })
    .toSorted((a, b) => a.index - b.index);

const setVcpus = async (guest: Guest, count: number): Promise<void> => {
  const slots = await cpuSlots(guest);
  if (!Number.isInteger(count) || count < 1 || count > slots.length) {
    throw new DriverError('bad-config', `a guest with at most ${slots.length} vCPUs cannot have ${count}`);
  }
  const present = slots.filter(slot => slot.path !== undefined);
  const free = slots.filter(slot => slot.path === undefined);
  for (const slot of free.slice(0, Math.max(0, count - present.length))) {
    await guest.monitor.execute('device_add', { driver: slot.driver, id: `cpu-${slot.index}`, ...slot.props });
  }
  if (count < present.length && guest.handle.accelerator === 'tcg') {
    throw new DriverError('unsupported', 'an emulated guest cannot lose processors while it runs: QEMU does not survive it');
  }
  for (const slot of present.slice(count).toReversed()) await unplugCpu(guest, slot);
};

const unplugCpu = async (guest: Guest, slot: CpuSlot): Promise<void> => {
  if (slot.path === undefined) return;
  const limit = AbortSignal.timeout(CPU_UNPLUG_TIMEOUT_MS);
  await guest.monitor.execute('device_del', { id: slot.path });
  const gone = async (): Promise<true | undefined> =>
    (await cpuSlots(guest)).some(each => each.path !== undefined && each.index === slot.index) ? undefined : true;
  try {
    await guest.monitor.until(['DEVICE_DELETED'], gone, limit);
  } catch (error) {
    if (limit.aborted) throw new DriverError('guest-refused', `the guest does not let go of processor ${slot.index}`, { cause: error });
    throw error;
  }
};

export const createHotPlug = (registry: GuestRegistry): HotPlug => ({
  async plugDisk(id, disk) {
    const guest = await registry.get(id);
    await plugDisk(guest, disk);
    await guest.remember(spec => ({ ...spec, disks: [...spec.disks, disk] }));
  },
  async unplugDisk(id, diskId, { signal }) {
    const guest = await registry.get(id);
    await removeDevice(guest, deviceId('disk', diskId), signal);
    await sweepNodes(guest, diskId);
    await guest.remember(spec => ({ ...spec, disks: spec.disks.filter(disk => disk.id !== diskId) }));
  },
  async changeMedium(id, diskId, source) {
    await exchangeMedium(await registry.get(id), diskId, source);
  },
  async plugNic(id, nic) {
    const guest = await registry.get(id);
    await plugNic(guest, nic);
    await guest.remember(spec => ({ ...spec, nics: [...spec.nics, nic] }));
  },
  async unplugNic(id, nicId, { signal }) {
    const guest = await registry.get(id);
    await removeDevice(guest, deviceId('nic', nicId), signal);
    await removeNetwork(guest, nicId);
    await guest.remember(spec => ({ ...spec, nics: spec.nics.filter(nic => nic.id !== nicId) }));
  },
  async setVcpus(id, count) {
    await setVcpus(await registry.get(id), count);
  },
});
