// Two hosts with nothing in common but a cable, and VMs on the first.

import { nullRef, type Ref } from '../../../../src/lib/brand.ts';
import type { EnumValue } from '../../../../src/model/index.ts';
import { freshRef } from '../../../../src/ops/refs.ts';
import { hostOps, Host, type Lab, vmOps } from './host.ts';
import { contentOf, type Layer, tick, type Volume } from './machine.ts';

export interface Scenario {
  readonly lab: Lab;
  readonly a: Host;
  readonly b: Host;
  readonly vm: Ref<'VM'>;
}

export const VM_UUID = 'vm-uuid';
export const SNAPSHOT_UUID = 'snapshot-uuid';

export async function twoHosts(): Promise<{ readonly lab: Lab; readonly a: Host; readonly b: Host }> {
  const lab: Lab = { hosts: [], link: { up: true }, fault: () => tick(lab.hosts.map(host => host.machine)) };
  const [a, b] = [new Host('a', lab), new Host('b', lab)];
  for (const host of [a, b]) {
    await host.boot();
    await furnish(host);
    await host.life.recover();
  }
  return { lab, a, b };
}

async function furnish(host: Host): Promise<void> {
  const name = host.machine.name;
  await host.life.services.db.transaction(tx => {
    const metrics = tx.insert('host_metrics', { live: true });
    tx.insert('host', { uuid: `host-${name}`, name_label: `host ${name}`, enabled: true, metrics }, host.self.host);
    tx.insert('pool', { uuid: `pool-${name}`, master: host.self.host, default_SR: host.sr }, host.self.pool);
    tx.insert('SR', { uuid: host.srUuid, name_label: `disks of ${name}`, type: 'file', content_type: 'user' }, host.sr);
    tx.insert('PBD', { host: host.self.host, SR: host.sr, currently_attached: true });
    tx.insert('network', { uuid: `network-${name}`, name_label: `net of ${name}`, bridge: 'xenbr0' }, host.network);
    tx.insert('PIF', { host: host.self.host, network: host.network, management: true, device: 'eth0' });
  });
}

export interface VmShape {
  readonly state: EnumValue<'vm_power_state'>;
  readonly snapshots: boolean;
}

const SIZE = 8 * 1024 * 1024;

/** A VM with two disks, a NIC and an empty drive; asked for, with a snapshot whose first disk shares data with the VM's. */
export async function makeVm(host: Host, shape: VmShape): Promise<Ref<'VM'>> {
  const { machine } = host;
  const live = shape.state === 'Running' || shape.state === 'Paused';
  const layer = (name: string, below: Layer | undefined): Layer => ({
    name,
    below,
    blocks: new Map([[100 + machine.volumes.size, `made by ${name}`]]),
  });
  const volume = (id: string, top: Layer, fields: Partial<Volume> = {}): void => {
    const snapshotOf = id.startsWith('snap-') ? { snapshotOf: id.slice(5), snapshotTime: '20260101T00:00:00Z' } : {};
    const spec = { id, sizeBytes: SIZE, name: id, description: '', type: 'user', ...snapshotOf };
    machine.volumes.set(id, { spec, top, owner: undefined, exported: false, readOnly: 'snapshotOf' in spec, ...fields });
  };
  const base = layer('base', undefined);
  const owner = live ? VM_UUID : undefined;
  volume('disk-0', shape.snapshots ? layer('top-0', base) : base, { owner });
  volume('disk-1', layer('top-1', undefined), { owner });
  if (shape.snapshots) volume('snap-disk-0', base);
  if (shape.state === 'Suspended') volume('image', layer('memory', undefined));
  const vm = await host.life.services.db.transaction(tx => {
    const vdi = (uuid: string, more: object = {}): Ref<'VDI'> =>
      tx.insert('VDI', {
        uuid,
        name_label: uuid,
        SR: host.sr,
        virtual_size: SIZE,
        physical_utilisation: SIZE / 2,
        type: 'user',
        managed: true,
        ...more,
      });
    const disks = [vdi('disk-0'), vdi('disk-1')] as const;
    const ref = tx.insert('VM', {
      uuid: VM_UUID,
      name_label: 'web',
      power_state: shape.state,
      memory_static_max: SIZE,
      memory_dynamic_max: SIZE,
      VCPUs_max: 2,
      VCPUs_at_startup: 2,
      HVM_boot_policy: 'BIOS order',
      metrics: tx.insert('VM_metrics', {}),
      guest_metrics: tx.insert('VM_guest_metrics', { os_version: { name: 'tiny' } }),
      ...(live && { resident_on: host.self.host, domid: 7 }),
      ...(shape.state === 'Suspended' && { suspend_VDI: vdi('image', { type: 'suspend' }) }),
    });
    disks.forEach((disk, i) => {
      tx.insert('VBD', {
        uuid: `vbd-${i}`,
        VM: ref,
        VDI: disk,
        userdevice: String(i),
        type: 'Disk',
        mode: 'RW',
        bootable: i === 0,
        currently_attached: live,
      });
    });
    tx.insert('VBD', { uuid: 'vbd-cd', VM: ref, VDI: nullRef(), userdevice: '3', type: 'CD', mode: 'RO', empty: true });
    tx.insert('VIF', {
      uuid: 'vif-0',
      VM: ref,
      network: host.network,
      device: '0',
      MAC: '02:00:00:00:00:01',
      MTU: 1500,
      currently_attached: live,
    });
    if (shape.snapshots) {
      const snapshot = tx.insert('VM', {
        uuid: SNAPSHOT_UUID,
        name_label: 'before',
        is_a_snapshot: true,
        is_a_template: true,
        snapshot_of: ref,
        snapshot_time: '20260101T00:00:00Z',
        metrics: tx.insert('VM_metrics', {}),
      });
      const frozen = vdi('snap-disk-0', { is_a_snapshot: true, snapshot_of: disks[0], snapshot_time: '20260101T00:00:00Z' });
      tx.insert('VBD', { uuid: 'snap-vbd-0', VM: snapshot, VDI: frozen, userdevice: '0', type: 'Disk', mode: 'RW' });
      tx.insert('VIF', { uuid: 'snap-vif-0', VM: snapshot, network: host.network, device: '0', MAC: '02:00:00:00:00:01', MTU: 1500 });
    }
    return ref;
  });
  if (live) startGuest(host, shape.state === 'Paused');
  return vm;
}

function startGuest({ machine }: Host, paused: boolean): void {
  machine.ports.add('vif-0');
  const disk = (i: number) => ({ id: `vbd-${i}`, userdevice: String(i), kind: 'disk', readOnly: false, bootable: i === 0 }) as const;
  machine.guests.set(VM_UUID, {
    spec: {
      id: VM_UUID,
      name: 'web',
      vcpusAtStartup: 2,
      vcpusMax: 2,
      memoryStaticMaxBytes: SIZE,
      memoryTargetBytes: SIZE,
      boot: { kind: 'firmware', firmware: 'bios', order: 'c' },
      platform: {},
      disks: [disk(0), disk(1)],
      nics: [],
    },
    state: paused ? 'paused' : 'running',
    disks: new Map([0, 1].map(i => [`vbd-${i}`, topOf(machine.volumes.get(`disk-${i}`))])),
    memory: { count: 0, written: new Map() },
    arrived: false,
    mirrors: undefined,
  });
}

const topOf = (volume: Volume | undefined): Layer => {
  if (!volume) throw new Error('no such volume');
  return volume.top;
};

/** What a client does: host.migrate_receive there, VM.migrate_send here. */
export async function migrate(
  from: Host,
  to: Host,
  options: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Ref<'VM'>> {
  const { db } = from.life.services;
  const vm = db.byUuid('VM', VM_UUID);
  if (vm === undefined) throw new Error(`no VM on ${from.machine.name}`);
  const record = db.need('VM', vm);
  const dest = await hostOps.migrate_receive?.(to.call(), { host: to.self.host, network: to.network, options: {} });
  const disks = record.VBDs.map(vbd => db.need('VBD', vbd)).filter(vbd => vbd.type === 'Disk');
  const sent = vmOps.migrate_send?.(from.call(signal), {
    vm,
    dest: dest ?? {},
    live: true,
    vdi_map: Object.fromEntries(disks.map(vbd => [vbd.VDI, to.sr])),
    vif_map: Object.fromEntries(record.VIFs.map(vif => [vif, to.network])),
    options,
    vgpu_map: {},
    vdi_format_map: {},
  });
  return (await sent) ?? freshRef();
}

/** Content of the VM's disks by device, as the host's storage has them. */
export function diskContents(host: Host, vmUuid = VM_UUID): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const { db } = host.life.services;
  const vm = db.byUuid('VM', vmUuid);
  const contents = new Map<string, ReadonlyMap<number, string>>();
  for (const ref of vm === undefined ? [] : db.need('VM', vm).VBDs) {
    const vbd = db.need('VBD', ref);
    if (vbd.type !== 'Disk') continue;
    contents.set(vbd.userdevice, contentOf(topOf(host.machine.volumes.get(db.need('VDI', vbd.VDI).uuid))));
  }
  return contents;
}
