// Plugging and unplugging disks, network cards and processors, media of CD drives, and the balloon's target. xl reports a device as attached
// though the guest never answered: what counts is the state that both ends write into xenstore.

import { systemClock } from '../../../lib/clock.ts';
import { type DiskSpec, DriverError, type HypervisorDriver, type NicSpec } from '../../hypervisor.ts';
import type { VolumeSource } from '../../storage.ts';
import { exchangeMedium } from '../qmp/media.ts';
import { assertUnused } from './claims.ts';
import { diskText, vbdNumber, vdevOf } from './disks.ts';
import { imagesOf } from './domain.ts';
import { noGuest, type XenGuest } from './guest.ts';
import { requireState } from './guest-status.ts';
import { nicText } from './nics.ts';
import { attachUnseen } from './read-only.ts';
import type { XenRegistry } from './registry.ts';
import { setScheduling } from './scheduling.ts';
import { runXl } from './xl.ts';
import type { Xenstore } from './xenstore.ts';

const CONNECTED = '4';
const CONNECT_MS = 30_000;
/** How long a guest may boot before it looks at a device that came meanwhile. */
const BOOT_MS = 180_000;
const BACKENDS = '/local/domain/0/backend';
const BACKEND_KINDS = ['qdisk', 'vif'] as const;
const MOST_DEVICES = 64;
const DETACH_MS = 60_000;
const VCPU_MS = 15_000;
const VCPU_LOOK_MS = 500;
const KIB = 1024;

export type HotPlug = Pick<
  HypervisorDriver,
  'plugDisk' | 'unplugDisk' | 'changeMedium' | 'plugNic' | 'unplugNic' | 'setVcpus' | 'setMemoryTarget' | 'setScheduling'
>;

interface Plugging {
  readonly registry: XenRegistry;
  readonly guest: XenGuest;
  readonly store: Xenstore;
}

const diskPath = (guest: XenGuest, disk: DiskSpec): string => `/local/domain/${guest.domid}/device/vbd/${vbdNumber(vdevOf(disk))}`;

/** The number the domain has for a card, by the card's address; undefined when it has none such. */
export const cardNumber = async (store: Xenstore, domid: number, mac: string): Promise<number | undefined> => {
  for (const name of await store.list(`/libxl/${domid}/device/vif`, 64)) {
    if ((await store.readText(`/libxl/${domid}/device/vif/${name}/mac`))?.toLowerCase() === mac.toLowerCase()) return Number(name);
  }
  return undefined;
};

/** Whether a domain has other devices than the one at `backend`, and its guest has taken none of them yet. */
export const isBooting = async (store: Pick<Xenstore, 'list' | 'readText'>, domid: number, backend: string): Promise<boolean> => {
  let others = 0;
  for (const kind of BACKEND_KINDS) {
    for (const name of await store.list(`${BACKENDS}/${kind}/${domid}`, MOST_DEVICES)) {
      const path = `${BACKENDS}/${kind}/${domid}/${name}`;
      if (path === backend) continue;
      if ((await store.readText(`${path}/state`)) === CONNECTED) return false;
      others += 1;
    }
  }
  return others > 0;
};

/** Waits until both ends of a device are connected. A guest that is paused connects when it goes on, one that boots when it has booted. */
const untilConnected = async ({ registry, guest, store }: Plugging, path: string, what: string): Promise<void> => {
  const domain = await registry.domainOf(guest.id);
  if (domain === undefined || domain.isPaused) return;
  const backend = await store.readText(`${path}/backend`);
  if (backend === undefined) throw new DriverError('failed', `${what} has no other end`);
  const connected = async (): Promise<true | undefined> => ((await store.readText(`${backend}/state`)) === CONNECTED ? true : undefined);
  const bootedMs = performance.now() + BOOT_MS;
  for (;;) {
    const limit = AbortSignal.timeout(CONNECT_MS);
    try {
      await store.until(`${backend}/state`, connected, limit);
      return;
    } catch (error) {
      if (!limit.aborted) throw error;
      if (performance.now() < bootedMs && (await isBooting(store, guest.domid, backend))) continue;
      throw new DriverError('guest-refused', `the guest does not take ${what}: it has no driver for it`, { cause: error });
    }
  }
};

const detach = async (
  { registry, guest }: Plugging,
  command: 'block-detach' | 'network-detach',
  device: string,
  signal?: AbortSignal,
): Promise<void> => {
  const tried = `taking the device ${device} away`;
  try {
    await runXl(registry.dom0, [command, String(guest.domid), device], { tried, limitMs: DETACH_MS, signal });
  } catch (error) {
    if (!(error instanceof DriverError) || error.kind !== 'failed') throw error;
    throw new DriverError('guest-refused', `the guest does not let go of ${device}`, { cause: error });
  }
};

const attachDisk = async (plugging: Plugging, disk: DiskSpec): Promise<void> => {
  const { registry, guest, store } = plugging;
  const path = diskPath(guest, disk);
  if ((await store.read(path)) !== undefined) throw new DriverError('exists', `disk ${disk.userdevice} is plugged already`);
  const tried = `plugging disk ${disk.userdevice}`;
  await assertUnused(store, guest.domid, imagesOf({ disks: [disk] }));
  if (!(await attachUnseen(registry.dom0, guest.domid, disk, guest.kind, tried)))
    await runXl(registry.dom0, ['block-attach', String(guest.domid), diskText(disk, guest.kind)], { tried });
  try {
    await untilConnected(plugging, path, `disk ${disk.userdevice}`);
  } catch (error) {
    // A guest that does not answer does not let go either; the domain's end takes the device along.
    await detach(plugging, 'block-detach', vdevOf(disk)).catch((cause: unknown) =>
      registry.log.warn('a disk that the guest did not take stays in its domain', { guest: guest.id, error: cause }),
    );
    throw error;
  }
};

const detachDisk = async (plugging: Plugging, disk: DiskSpec, signal?: AbortSignal): Promise<void> => {
  if ((await plugging.store.read(diskPath(plugging.guest, disk))) === undefined) return;
  await detach(plugging, 'block-detach', vdevOf(disk), signal);
};

const changeMedium = async (plugging: Plugging, disk: DiskSpec, source: VolumeSource | undefined): Promise<void> => {
  if (disk.kind !== 'cd') throw new DriverError('unsupported', `disk ${disk.userdevice} has no exchangeable medium`);
  if (disk.source?.path === source?.path) return;
  const { guest, store } = plugging;
  const { id, userdevice, kind, readOnly, bootable } = disk;
  const full: DiskSpec = { id, userdevice, kind, readOnly, bootable, ...(source && { source }) };
  if (guest.kind === 'hvm') {
    await assertUnused(store, guest.domid, imagesOf({ disks: [full] }));
    await exchangeMedium(await guest.qmp(), disk.id, source);
  } else {
    if (disk.source !== undefined) await detachDisk(plugging, disk);
    if (source !== undefined) await attachDisk(plugging, full);
  }
  await guest.remember(spec => ({ ...spec, disks: spec.disks.map(each => (each.id === disk.id ? full : each)) }));
};

const plugNic = async (plugging: Plugging, nic: NicSpec): Promise<void> => {
  const { registry, guest, store } = plugging;
  if ((await cardNumber(store, guest.domid, nic.mac)) !== undefined) {
    throw new DriverError('exists', `a network card with the address ${nic.mac} is plugged already`);
  }
  const words = nicText(nic, guest.kind, guest.paths).split(',');
  await runXl(registry.dom0, ['network-attach', String(guest.domid), ...words], { tried: `plugging network card ${nic.device}` });
  const number = await cardNumber(store, guest.domid, nic.mac);
  try {
    await untilConnected(plugging, `/local/domain/${guest.domid}/device/vif/${number}`, `network card ${nic.device}`);
  } catch (error) {
    await detach(plugging, 'network-detach', nic.mac).catch((cause: unknown) =>
      registry.log.warn('a network card that the guest did not take stays in its domain', { guest: guest.id, error: cause }),
    );
    throw error;
  }
};

/** Processors come and go with the guest's help, and nobody tells when they have: it is looked at a few times. */
const setVcpus = async ({ registry, guest }: Plugging, count: number): Promise<void> => {
  const { vcpusMax } = guest.handle.spec;
  if (!Number.isInteger(count) || count < 1 || count > vcpusMax) {
    throw new DriverError('bad-config', `a guest with at most ${vcpusMax} vCPUs cannot have ${count}`);
  }
  await runXl(registry.dom0, ['vcpu-set', '--ignore-host', String(guest.domid), String(count)], { tried: 'changing the vCPUs' });
  const limit = AbortSignal.timeout(VCPU_MS);
  while (!limit.aborted) {
    const domain = await registry.domainOf(guest.id);
    if (domain === undefined) throw noGuest(guest.id);
    if (domain.vcpus === count || domain.isPaused) return guest.rememberVcpus(count);
    await systemClock.sleep(VCPU_LOOK_MS);
  }
  throw new DriverError('guest-refused', `the guest does not follow: it was asked for ${count} vCPUs`);
};

const setMemoryTarget = async ({ registry, guest }: Plugging, bytes: number): Promise<void> => {
  const mostBytes = guest.handle.spec.memoryStaticMaxBytes;
  if (bytes <= 0 || bytes > mostBytes)
    throw new DriverError('bad-config', `a memory target of ${bytes} bytes is not within the guest's ${mostBytes}`);
  const target = `${Math.ceil(bytes / KIB)}k`;
  await runXl(registry.dom0, ['mem-set', String(guest.domid), target], { tried: 'setting the memory target' });
};

export const createHotPlug = (registry: XenRegistry): HotPlug => {
  /** Alone with a guest that lives. */
  const plugging = async <T>(id: string, action: string, work: (plugging: Plugging) => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const guest = await registry.getGuest(id);
    return registry.locked(
      id,
      async () => {
        const domain = await registry.domainOf(id);
        if (domain === undefined) throw noGuest(id);
        requireState(domain, ['running', 'paused'], action);
        guest.domid = domain.domid;
        return work({ registry, guest, store: await registry.store.open() });
      },
      signal,
    );
  };
  const diskOf = (guest: XenGuest, diskId: string): DiskSpec | undefined => guest.handle.spec.disks.find(({ id }) => id === diskId);

  return {
    plugDisk: (id, disk) =>
      plugging(id, 'plugDisk', async own => {
        if (disk.kind === 'cd' && own.guest.kind === 'hvm')
          throw new DriverError('unsupported', 'a CD drive cannot be added to a running guest; its medium can be changed');
        await attachDisk(own, disk);
        await own.guest.remember(spec => ({ ...spec, disks: [...spec.disks.filter(each => each.id !== disk.id), disk] }));
      }),
    unplugDisk: (id, diskId, { signal }) =>
      plugging(
        id,
        'unplugDisk',
        async own => {
          const disk = diskOf(own.guest, diskId);
          if (disk === undefined) return;
          if (disk.kind === 'cd' && own.guest.kind === 'hvm')
            throw new DriverError('unsupported', 'a CD drive cannot be taken from a running guest; its medium can be changed');
          await detachDisk(own, disk, signal);
          await own.guest.remember(spec => ({ ...spec, disks: spec.disks.filter(each => each.id !== diskId) }));
        },
        signal,
      ),
    changeMedium: (id, diskId, source) =>
      plugging(id, 'changeMedium', async own => {
        const disk = diskOf(own.guest, diskId);
        if (disk === undefined) throw new DriverError('not-found', `guest ${id} has no disk ${diskId}`);
        await changeMedium(own, disk, source);
      }),
    plugNic: (id, nic) =>
      plugging(id, 'plugNic', async own => {
        await plugNic(own, nic);
        await own.guest.remember(spec => ({ ...spec, nics: [...spec.nics, nic] }));
      }),
    unplugNic: (id, nicId, { signal }) =>
      plugging(
        id,
        'unplugNic',
        async own => {
          const nic = own.guest.handle.spec.nics.find(each => each.id === nicId);
          if (nic === undefined) return;
          if ((await cardNumber(own.store, own.guest.domid, nic.mac)) !== undefined) await detach(own, 'network-detach', nic.mac, signal);
          await own.guest.remember(spec => ({ ...spec, nics: spec.nics.filter(each => each.id !== nicId) }));
        },
        signal,
      ),
    setVcpus: (id, count) => plugging(id, 'setVcpus', own => setVcpus(own, count)),
    setMemoryTarget: (id, bytes) => plugging(id, 'setMemoryTarget', own => setMemoryTarget(own, bytes)),
    setScheduling: (id, scheduling) =>
      plugging(id, 'setScheduling', async ({ guest }) => {
        await setScheduling(registry.dom0, guest.domid, guest.handle.spec, scheduling);
        await guest.remember(spec => ({ ...spec, scheduling }));
      }),
  };
};
