// Drivers over a Machine. Each act passes the gate first, where tests count, break and kill.

import { DriverError, type GuestStatus, type HypervisorDriver, type HypervisorInfo } from '../../../../src/drivers/hypervisor.ts';
import type { NetworkDriver } from '../../../../src/drivers/network.ts';
import { noVirtualFunctions } from '../../../../src/drivers/network/virtual-functions.ts';
import type { CopyTarget, SrDriver, VolumeInfo, VolumeSource } from '../../../../src/drivers/storage.ts';
import { chainOf, contentOf, type Guest, type Layer, type Machine, type Volume } from './machine.ts';

/** Called before each act, with its name; may throw, or never return. */
export type Gate = (act: string) => Promise<void>;

const notBuilt = (what: string): never => {
  throw new Error(`the test world cannot ${what}`);
};

const sourceOf = (top: Layer, sizeBytes: number): VolumeSource => ({
  format: 'qcow2',
  path: top.name,
  sizeBytes,
  chain: chainOf(top)
    .slice(1)
    .map(layer => ({ format: 'qcow2', path: layer.name })),
});

const infoOf = (volume: Volume): VolumeInfo => ({
  ...volume.spec,
  utilisationBytes: 1 + volume.top.blocks.size,
  readOnly: volume.readOnly,
  isSnapshot: volume.spec.snapshotOf !== undefined,
  layers: chainOf(volume.top).map(layer => layer.name),
});

let serial = 0;
const freshLayer = (below: Layer | undefined, name = `layer-${++serial}`): Layer => ({ name, below, blocks: new Map() });

/** Exports by name, as if all machines were on one network. */
const exported = new Map<string, { readonly volume: Volume; readonly caPem: string | undefined }>();

export function storageOf(machine: Machine, gate: Gate): SrDriver {
  const need = (id: string): Volume => machine.volumes.get(id) ?? notFound(id);
  const notFound = (id: string): never => {
    throw new DriverError('not-found', `no volume ${id} on ${machine.name}`);
  };
  return {
    async stat() {
      return { physicalSizeBytes: 1e12, physicalUtilisationBytes: 0, virtualAllocationBytes: 0, freeBytes: machine.freeBytes };
    },
    scan: async () => [...machine.volumes.values()].map(infoOf),
    volume: async id => {
      const volume = machine.volumes.get(id);
      return volume && infoOf(volume);
    },
    async create(spec) {
      await gate('storage.create');
      const below = [...machine.volumes.values()].map(volume => volume.top).find(layer => layer.name === spec.onLayer);
      if (spec.onLayer !== undefined && below === undefined) throw new DriverError('not-found', `no layer ${spec.onLayer}`);
      const volume: Volume = { spec, top: freshLayer(below), owner: undefined, exported: false, readOnly: spec.snapshotOf !== undefined };
      machine.volumes.set(spec.id, volume);
      return infoOf(volume);
    },
    async destroy(id) {
      await gate('storage.destroy');
      const volume = machine.volumes.get(id);
      if (volume?.owner !== undefined || volume?.exported) throw new DriverError('in-use', `volume ${id} is open`);
      machine.volumes.delete(id);
    },
    async prepareFreeze(id, overlayName) {
      await gate('storage.prepareFreeze');
      const volume = need(id);
      const overlay = freshLayer(volume.top, overlayName);
      machine.spare.add(overlay);
      return sourceOf(overlay, volume.spec.sizeBytes);
    },
    async commitFreeze(id, overlayName) {
      await gate('storage.commitFreeze');
      const overlay = machine.layerOf(overlayName);
      need(id).top = overlay;
      machine.spare.delete(overlay);
    },
    async rollbackFreeze(id, overlayName, { merge }) {
      await gate('storage.rollbackFreeze');
      const volume = need(id);
      const overlay =
        [...machine.spare].find(layer => layer.name === overlayName) ?? (volume.top.name === overlayName ? volume.top : undefined);
      if (overlay === undefined) return;
      if (merge) for (const [block, data] of overlay.blocks) overlay.below?.blocks.set(block, data);
      if (volume.top === overlay && overlay.below) volume.top = overlay.below;
      machine.spare.delete(overlay);
    },
    async attach(id, { owner, readOnly }) {
      await gate('storage.attach');
      const volume = need(id);
      if (volume.owner !== undefined && volume.owner !== owner) throw new DriverError('in-use', `volume ${id} is open`);
      if (volume.exported) throw new DriverError('in-use', `volume ${id} is exported`);
      if (!readOnly) volume.owner = owner;
      return sourceOf(volume.top, volume.spec.sizeBytes);
    },
    async detach(id, { owner }) {
      await gate('storage.detach');
      const volume = machine.volumes.get(id);
      if (volume?.owner === owner) volume.owner = undefined;
    },
    source: async id => sourceOf(need(id).top, need(id).spec.sizeBytes),
    async send(id, layer, target, { what, tls, signal }) {
      await gate('storage.send');
      signal.throwIfAborted();
      const from = chainOf(need(id).top).find(each => layer === undefined || each.name === layer) ?? notFound(`${id}/${layer}`);
      const to = openTarget(target, tls?.certPem);
      const content = what === 'all' ? contentOf(from) : from.blocks;
      let sent = 0;
      for (const [block, data] of content) {
        if (++sent === 3) await gate('storage.send, half way');
        to.top.blocks.set(block, data);
      }
    },
    async compare(id, _layer, target, { tls, signal }) {
      await gate('storage.compare');
      signal.throwIfAborted();
      const [here, there] = [contentOf(need(id).top), contentOf(openTarget(target, tls?.certPem).top)];
      const different = [...new Set([...here.keys(), ...there.keys()])].filter(block => here.get(block) !== there.get(block));
      return different.length === 0 ? { equal: true } : { equal: false, firstDifferenceBytes: Math.min(...different) * 512 };
    },
    async openExport(id, { tls }) {
      await gate('storage.openExport');
      const volume = need(id);
      volume.exported = true;
      exported.set(`${machine.name} ${id}`, { volume, caPem: tls?.caPem });
      return { kind: 'nbd', host: machine.name, port: 1, exportName: id, tls: tls !== undefined };
    },
    async closeExport(id) {
      await gate('storage.closeExport');
      const volume = machine.volumes.get(id);
      if (volume) volume.exported = false;
      exported.delete(`${machine.name} ${id}`);
    },
    close: async () => undefined,
    resize: () => notBuilt('resize'),
    rename: () => notBuilt('rename'),
    snapshot: () => notBuilt('snapshot'),
    clone: () => notBuilt('clone'),
    copyTo: () => notBuilt('copyTo'),
    exportTo: () => notBuilt('exportTo'),
    openContent: () => notBuilt('openContent'),
    importFrom: () => notBuilt('importFrom'),
  };
}

function openTarget(target: CopyTarget, certPem: string | undefined): Volume {
  const found = target.kind === 'nbd' ? exported.get(`${target.host} ${target.exportName}`) : undefined;
  if (!found?.volume.exported) throw new DriverError('unreachable', 'no such export');
  if (found.caPem !== undefined && certPem === undefined) throw new DriverError('unreachable', 'a certificate is wanted');
  return found.volume;
}

const info: HypervisorInfo = {
  kind: 'sim',
  version: '1.0',
  accelerator: 'sim',
  cpu: { count: 64, sockets: 1, vendor: 'test', model: 'test', mhz: 1000, flags: ['a', 'b'] },
  memoryTotalBytes: 1e12,
  memoryFreeBytes: 1e12,
};

export function hypervisorOf(machine: Machine, gate: Gate, peers: () => readonly Machine[]): HypervisorDriver {
  const need = (id: string): Guest => {
    const guest = machine.guests.get(id);
    if (!guest) throw new DriverError('not-found', `no guest ${id} on ${machine.name}`);
    return guest;
  };
  const statusOf = (guest: Guest): GuestStatus => ({
    id: guest.spec.id,
    state: guest.state,
    domid: 7,
    startedAt: new Date(0),
    vcpus: guest.spec.vcpusAtStartup,
    memoryBytes: guest.spec.memoryTargetBytes,
  });
  const destination = (ticket: unknown): Guest => {
    const { machine: name, guest } = ticket as { machine: string; guest: string };
    const found = peers()
      .find(each => each.name === name)
      ?.guests.get(guest);
    if (!found) throw new DriverError('unreachable', 'the destination guest is gone');
    return found;
  };
  const create = (spec: Guest['spec'], state: Guest['state']): Guest => {
    if (machine.guests.has(spec.id)) throw new DriverError('exists', `guest ${spec.id} exists`);
    const disks = new Map(spec.disks.flatMap(disk => (disk.source ? [[disk.id, machine.layerOf(disk.source.path)] as const] : [])));
    const guest: Guest = { spec, state, disks, memory: { count: 0, written: new Map() }, arrived: false, mirrors: undefined };
    machine.guests.set(spec.id, guest);
    return guest;
  };
  return {
    kind: 'sim',
    probe: async () => ({
      ...info,
      cpu: { ...info.cpu, ...(machine.guestFeatures && { guestFeatures: machine.guestFeatures }) },
      memoryFreeBytes: machine.memoryFreeBytes,
    }),
    list: async () => [...machine.guests.values()].map(statusOf),
    status: async id => {
      const guest = machine.guests.get(id);
      return guest && statusOf(guest);
    },
    start: async (spec, { paused }) => statusOf(create(spec, paused ? 'paused' : 'running')),
    async destroy(id) {
      await gate('hypervisor.destroy');
      machine.guests.delete(id);
    },
    async freeze(id, requests) {
      await gate('hypervisor.freeze');
      for (const { diskId, overlay } of requests) need(id).disks.set(diskId, machine.layerOf(overlay.path));
    },
    activeLayer: async (id, diskId) => machine.guests.get(id)?.disks.get(diskId)?.name,
    async thaw(id, diskId, below) {
      await gate('hypervisor.thaw');
      const guest = need(id);
      const overlay = guest.disks.get(diskId);
      const layer = machine.layerOf(below.path);
      if (overlay === undefined || overlay === layer) return;
      for (const [block, data] of overlay.blocks) layer.blocks.set(block, data);
      overlay.blocks.clear();
      guest.disks.set(diskId, layer);
    },
    migration: {
      async receive(spec) {
        await gate('hypervisor.receive');
        create(spec, 'incoming');
        return { machine: machine.name, guest: spec.id };
      },
      async sendDisks(id, ticket, { signal }) {
        await gate('hypervisor.sendDisks');
        signal.throwIfAborted();
        const [guest, target] = [need(id), destination(ticket)];
        guest.mirrors = new Map();
        for (const disk of guest.spec.disks) {
          const [from, to] = [guest.disks.get(disk.id), target.disks.get(disk.id)];
          if (disk.readOnly || !from || !to) continue;
          for (const [block, data] of from.blocks) to.blocks.set(block, data);
          guest.mirrors.set(disk.id, to);
        }
      },
      async sendMemory(id, ticket, { signal }) {
        await gate('hypervisor.sendMemory');
        signal.throwIfAborted();
        destination(ticket);
        need(id).state = 'paused';
        await gate('hypervisor.sendMemory, stopped');
      },
      async handOver(id, ticket) {
        await gate('hypervisor.handOver');
        const [guest, target] = [need(id), destination(ticket)];
        guest.mirrors = undefined;
        target.memory = guest.memory;
        target.arrived = true;
        guest.state = 'migrated';
        await gate('hypervisor.handOver, done');
        return { downtimeMs: 1 };
      },
      async received(id) {
        await gate('hypervisor.received');
        if (!need(id).arrived) throw new DriverError('failed', 'the memory has not arrived');
      },
      async activate(id, { paused }) {
        await gate('hypervisor.activate');
        need(id).state = paused ? 'paused' : 'running';
      },
      async cancel(id, { resume }) {
        await gate('hypervisor.cancel');
        const guest = need(id);
        guest.mirrors = undefined;
        guest.state = resume ? 'running' : 'paused';
      },
    },
    onEvent: () => () => undefined,
    close: async () => undefined,
    pause: () => notBuilt('pause'),
    unpause: () => notBuilt('unpause'),
    shutdown: () => notBuilt('shutdown'),
    reboot: () => notBuilt('reboot'),
    reset: () => notBuilt('reset'),
    suspend: () => notBuilt('suspend'),
    resume: () => notBuilt('resume'),
    checkpoint: () => notBuilt('checkpoint'),
    plugDisk: () => notBuilt('plugDisk'),
    unplugDisk: () => notBuilt('unplugDisk'),
    changeMedium: () => notBuilt('changeMedium'),
    resizeDisk: () => notBuilt('resizeDisk'),
    plugNic: () => notBuilt('plugNic'),
    unplugNic: () => notBuilt('unplugNic'),
    setVcpus: () => notBuilt('setVcpus'),
    setMemoryTarget: () => notBuilt('setMemoryTarget'),
    consoles: () => notBuilt('consoles'),
    guestMetrics: () => notBuilt('guestMetrics'),
    stats: () => notBuilt('stats'),
    moveDisk: () => notBuilt('moveDisk'),
  };
}

export function networkOf(machine: Machine, gate: Gate): NetworkDriver {
  return {
    probe: async () => ({ kind: 'sim', version: '1', ownsNics: false }),
    interfaces: async () => [],
    apply: async () => new Map(),
    addresses: async () => [],
    virtualFunctions: noVirtualFunctions,
    neighbours: async () => ({ neighbours: [] }),
    gatewayAnswers: async () => undefined,
    bonds: async () => [],
    onEvent: () => () => undefined,
    ensureBridge: async () => undefined,
    removeBridge: async () => undefined,
    async plug(port) {
      await gate('network.plug');
      machine.ports.add(port.id);
      return { kind: 'user' };
    },
    async unplug(id) {
      await gate('network.unplug');
      machine.ports.delete(id);
    },
    ports: async () => [...machine.ports],
    close: async () => undefined,
  };
}
