// Drivers that hold a world in memory, small enough to compare whole: what a plan that was undone must leave as it was.

import { worldControlDomain, type WorldXen } from './control-domain.ts';
import { noVirtualFunctions } from '../../../src/drivers/network/virtual-functions.ts';
import type {
  FreezeRequest,
  GuestFeatures,
  GuestEvent,
  GuestScheduling,
  GuestSpec,
  GuestState,
  GuestStatus,
  HypervisorDriver,
} from '../../../src/drivers/hypervisor.ts';
import { DriverError } from '../../../src/drivers/hypervisor.ts';
import type { HostedNetwork, HostNetwork, NetworkDriver, VifPort } from '../../../src/drivers/network.ts';
import type { SrDriver, StorageDriver, VolumeInfo, VolumeSource, VolumeSpec } from '../../../src/drivers/storage.ts';

export interface Guest {
  spec: GuestSpec;
  state: GuestState;
  vcpus: number;
  memoryBytes: number;
  readonly layers: Map<string, string>;
  readonly domid: number;
}

export interface Volume {
  info: VolumeInfo;
  owners: string[];
  overlay?: string;
}

export class World {
  readonly guests = new Map<string, Guest>();
  readonly ports = new Map<string, VifPort>();
  desired: HostNetwork | undefined;
  readonly srs = new Map<string, Map<string, Volume>>();
  readonly failures: { at: string; error: Error; left: number }[] = [];
  readonly calls: string[] = [];
  readonly listeners = new Set<(event: GuestEvent) => void>();
  nextDomid = 1;
  /** Set: a Xen host, which schedules its guests and has a control domain. */
  xen: WorldXen | undefined;
  /** Of its processors, if they are levelled. */
  guestFeatures: GuestFeatures | undefined;
  /** What the switch cannot make, by the uuid to blame. */
  refuses: (network: HostedNetwork) => readonly (readonly [string, DriverError])[] = () => [];

  /** The next call whose name matches fails. */
  fail(at: string, error: Error = new DriverError('failed', `told to fail at ${at}`), times = 1): void {
    this.failures.push({ at, error, left: times });
  }
  enter(name: string): void {
    this.calls.push(name);
    const rule = this.failures.find(failure => failure.left > 0 && failure.at === name);
    if (!rule) return;
    rule.left -= 1;
    throw rule.error;
  }
  tell(event: GuestEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

const never = async (): Promise<never> => {
  throw new DriverError('unsupported', 'not in this world');
};

const statusOf = (id: string, guest: Guest): GuestStatus => ({
  id,
  state: guest.state,
  domid: guest.domid,
  startedAt: new Date(0),
  vcpus: guest.vcpus,
  memoryBytes: guest.memoryBytes,
});

/** What a domain has, whoever made it. */
const DOMAIN = { state: 'running', vcpus: 1, memoryBytes: 1 << 27, cpuSeconds: 1.5 } as const;

const need = (world: World, id: string): Guest => {
  const guest = world.guests.get(id);
  if (!guest) throw new DriverError('not-found', `no guest ${id}`);
  return guest;
};

const boot = (world: World, spec: GuestSpec, paused: boolean): GuestStatus => {
  if (world.guests.has(spec.id)) throw new DriverError('exists', `guest ${spec.id} exists`);
  const layers = new Map(spec.disks.flatMap(disk => (disk.source ? [[disk.id, disk.source.path] as const] : [])));
  const guest: Guest = {
    spec,
    state: paused ? 'paused' : 'running',
    vcpus: spec.vcpusAtStartup,
    memoryBytes: spec.memoryTargetBytes,
    layers,
    domid: world.nextDomid++,
  };
  world.guests.set(spec.id, guest);
  return statusOf(spec.id, guest);
};

const freezeAll = (world: World, id: string, disks: readonly FreezeRequest[]): void => {
  const guest = need(world, id);
  for (const { diskId, overlay } of disks) guest.layers.set(diskId, overlay.path);
};

export const worldHypervisor = (world: World): HypervisorDriver => ({
  kind: 'sim',
  probe: async () => ({
    kind: 'sim',
    version: '1',
    accelerator: 'sim',
    cpu: {
      count: 2,
      sockets: 1,
      vendor: 'GenuineIntel',
      model: 'Simulated',
      mhz: 2400,
      flags: ['fpu'],
      ...(world.guestFeatures && { guestFeatures: world.guestFeatures }),
    },
    memoryTotalBytes: 64 * 2 ** 30,
    memoryFreeBytes: 64 * 2 ** 30 - [...world.guests.values()].reduce((sum, guest) => sum + guest.memoryBytes, 0),
  }),
  list: async () => [...world.guests].map(([id, guest]) => statusOf(id, guest)),
  status: async id => {
    const guest = world.guests.get(id);
    return guest && statusOf(id, guest);
  },
  start: async (spec, { paused }) => {
    world.enter('start');
    return boot(world, spec, paused);
  },
  pause: async id => {
    world.enter('pause');
    need(world, id).state = 'paused';
  },
  unpause: async id => {
    world.enter('unpause');
    need(world, id).state = 'running';
  },
  shutdown: async id => {
    world.enter('shutdown');
    world.guests.delete(id);
    world.tell({ kind: 'gone', id, reason: 'shutdown' });
  },
  reboot: async () => world.enter('reboot'),
  reset: async () => world.enter('reset'),
  destroy: async id => {
    world.enter('destroy');
    if (world.guests.delete(id)) world.tell({ kind: 'gone', id, reason: 'destroyed' });
  },
  suspend: async id => {
    world.enter('suspend');
    need(world, id);
    world.guests.delete(id);
    world.tell({ kind: 'gone', id, reason: 'destroyed' });
  },
  resume: async (spec, _image, { paused }) => {
    world.enter('resume');
    return boot(world, spec, paused);
  },
  checkpoint: async (id, _image, disks) => {
    world.enter('checkpoint');
    freezeAll(world, id, disks);
  },
  plugDisk: async (id, disk) => {
    world.enter('plugDisk');
    need(world, id).layers.set(disk.id, disk.source?.path ?? '');
  },
  unplugDisk: async (id, disk) => {
    world.enter('unplugDisk');
    need(world, id).layers.delete(disk);
  },
  changeMedium: async (id, disk, source) => {
    world.enter('changeMedium');
    need(world, id).layers.set(disk, source?.path ?? '');
  },
  resizeDisk: async () => world.enter('resizeDisk'),
  plugNic: async () => world.enter('plugNic'),
  unplugNic: async () => world.enter('unplugNic'),
  setVcpus: async (id, count) => {
    need(world, id).vcpus = count;
  },
  setMemoryTarget: async (id, bytes) => {
    need(world, id).memoryBytes = bytes;
  },
  ...(world.xen !== undefined && {
    setScheduling: async (id: string, scheduling: GuestScheduling) => {
      world.enter('setScheduling');
      const guest = need(world, id);
      guest.spec = { ...guest.spec, scheduling };
    },
    listDomains: async () => [
      ...[...world.guests.values()].map(({ spec }, i) => ({
        ...DOMAIN,
        domid: i + 1,
        uuid: spec.id,
        name: `${spec.name}.${spec.id}`,
        isGuest: true,
      })),
      { ...DOMAIN, domid: 99, uuid: 'other', name: 'by hand', isGuest: false },
    ],
    ...worldControlDomain(world, world.xen),
  }),
  consoles: async () => [],
  guestMetrics: async () => ({ osVersion: { name: 'Simulated Linux' }, networks: { '0/ip': '192.0.2.1' }, agentVersion: '8.4.0' }),
  stats: async () => ({ vcpuSeconds: [1], memoryBytes: 1, disks: {}, nics: {} }),
  freeze: async (id, disks) => {
    world.enter('freeze');
    freezeAll(world, id, disks);
  },
  activeLayer: async (id, disk) => world.guests.get(id)?.layers.get(disk),
  thaw: async (id, disk, below) => {
    world.enter('thaw');
    need(world, id).layers.set(disk, below.path);
  },
  moveDisk: never,
  migration: {
    receive: never,
    sendDisks: never,
    sendMemory: never,
    handOver: never,
    received: never,
    activate: never,
    cancel: never,
  },
  onEvent: listener => {
    world.listeners.add(listener);
    return () => world.listeners.delete(listener);
  },
  close: async () => undefined,
});

export const worldNetwork = (world: World, degraded?: string): NetworkDriver => ({
  probe: async () => ({ kind: 'sim', version: '1', ownsNics: false, ...(degraded === undefined ? {} : { degraded }) }),
  interfaces: async () => [
    {
      device: 'eth0',
      mac: '02:00:00:00:00:01',
      mtu: 1500,
      carrier: true,
      ipv4: [{ address: '192.0.2.10', prefixLength: 24 }],
      ipv6: [],
      gateway: '192.0.2.1',
      dns: [],
      management: true,
    },
    { device: 'eth1', mac: '02:00:00:00:00:02', mtu: 1500, carrier: false, ipv4: [], ipv6: [], dns: [], management: false },
  ],
  apply: async desired => {
    world.enter('apply');
    world.desired = desired;
    return new Map(desired.networks.flatMap(network => world.refuses(network)));
  },
  addresses: async () => [],
  virtualFunctions: noVirtualFunctions,
  neighbours: async () => ({ neighbours: [] }),
  gatewayAnswers: async () => undefined,
  bonds: async () => [],
  onEvent: () => () => undefined,
  ensureBridge: async () => world.enter('ensureBridge'),
  removeBridge: async () => world.enter('removeBridge'),
  plug: async port => {
    world.enter('plug');
    world.ports.set(port.id, port);
    return { kind: 'none' };
  },
  unplug: async id => {
    world.enter('unplug');
    world.ports.delete(id);
  },
  ports: async () => [...world.ports.keys()],
  close: async () => undefined,
});

const infoOf = (spec: VolumeSpec): VolumeInfo => ({
  id: spec.id,
  sizeBytes: spec.sizeBytes,
  utilisationBytes: 0,
  readOnly: false,
  isSnapshot: spec.snapshotOf !== undefined,
  ...(spec.snapshotOf === undefined ? {} : { snapshotOf: spec.snapshotOf }),
  ...(spec.snapshotTime === undefined ? {} : { snapshotTime: spec.snapshotTime }),
  name: spec.name,
  description: spec.description,
  type: spec.type,
  layers: [spec.id],
});

const sourceOf = (path: string, info: VolumeInfo): VolumeSource => ({ format: 'qcow2', path, sizeBytes: info.sizeBytes, chain: [] });

const srOf = (world: World, volumes: Map<string, Volume>): SrDriver => {
  const find = (id: string): Volume => {
    const volume = volumes.get(id);
    if (!volume) throw new DriverError('not-found', `no volume ${id}`);
    return volume;
  };
  const add = (info: VolumeInfo): VolumeInfo => {
    if (volumes.has(info.id)) throw new DriverError('exists', `volume ${info.id} exists`);
    volumes.set(info.id, { info, owners: [] });
    return info;
  };
  const branch = (id: string, to: string, fields: Partial<VolumeInfo>): VolumeInfo =>
    add({ ...find(id).info, ...fields, id: to, layers: [to] });
  return {
    stat: async () => ({
      physicalSizeBytes: 2e12,
      physicalUtilisationBytes: 0,
      virtualAllocationBytes: [...volumes.values()].reduce((sum, volume) => sum + volume.info.sizeBytes, 0),
      freeBytes: 2e12,
    }),
    scan: async () => [...volumes.values()].map(volume => volume.info),
    volume: async id => volumes.get(id)?.info,
    create: async spec => {
      world.enter('create');
      return add(infoOf(spec));
    },
    destroy: async id => {
      world.enter('destroyVolume');
      volumes.delete(id);
    },
    resize: async (id, sizeBytes) => {
      const volume = find(id);
      volume.info = { ...volume.info, sizeBytes };
      return volume.info;
    },
    rename: async (id, { name, description }) => {
      const volume = find(id);
      volume.info = { ...volume.info, name, description };
    },
    snapshot: async (id, { id: to, time }) => {
      world.enter('snapshot');
      return branch(id, to, { isSnapshot: true, snapshotOf: id, snapshotTime: time });
    },
    clone: async (id, { id: to, name, description }) => {
      world.enter('clone');
      return branch(id, to, { name, description, isSnapshot: false });
    },
    prepareFreeze: async (id, overlay) => {
      world.enter('prepareFreeze');
      find(id).overlay = overlay;
      return sourceOf(`/overlay/${overlay}`, find(id).info);
    },
    commitFreeze: async (id, _overlay, snapshot) => {
      world.enter('commitFreeze');
      delete find(id).overlay;
      if (snapshot && !volumes.has(snapshot.id)) branch(id, snapshot.id, { isSnapshot: true, snapshotOf: id, snapshotTime: snapshot.time });
    },
    rollbackFreeze: async id => {
      delete find(id).overlay;
    },
    attach: async (id, { readOnly, owner }) => {
      world.enter('attach');
      const volume = find(id);
      const other = volume.owners.find(name => name !== owner);
      if (!readOnly && other !== undefined) throw new DriverError('in-use', `volume ${id} is used by ${other}`);
      volume.owners = [...new Set([...volume.owners, owner])];
      return sourceOf(`/volume/${id}`, volume.info);
    },
    detach: async (id, { owner }) => {
      world.enter('detach');
      const volume = volumes.get(id);
      if (volume) volume.owners = volume.owners.filter(name => name !== owner);
    },
    source: async id => sourceOf(`/volume/${id}`, find(id).info),
    copyTo: async (id, target, spec) => {
      world.enter('copyTo');
      find(id);
      return target.create(spec);
    },
    send: never,
    compare: never,
    openExport: never,
    exportTo: never,
    openContent: never,
    importFrom: never,
    closeExport: async () => undefined,
    close: async () => undefined,
  };
};

export const worldStorage = (world: World, type = 'file'): StorageDriver => ({
  type,
  info: {
    label: 'Files',
    description: 'Disks as files',
    vendor: 'xcp',
    version: '1',
    features: [
      'SR_PROBE',
      'SR_UPDATE',
      'VDI_CREATE',
      'VDI_DELETE',
      'VDI_CLONE',
      'VDI_SNAPSHOT',
      'VDI_RESIZE',
      'VDI_RESIZE_ONLINE',
      'VDI_UPDATE',
      'VDI_MIRROR',
    ],
    configuration: { location: 'directory' },
    requiredConfig: ['location'],
  },
  probe: async () => [{ configuration: {}, complete: true }],
  create: async id => {
    world.enter('createSr');
    if (!world.srs.has(id)) world.srs.set(id, new Map());
  },
  attach: async id => {
    world.enter('attachSr');
    const volumes = world.srs.get(id);
    if (!volumes) throw new DriverError('not-found', `no SR ${id}`);
    return srOf(world, volumes);
  },
  destroy: async id => {
    world.srs.delete(id);
  },
});
