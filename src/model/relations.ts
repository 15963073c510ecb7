// How classes refer to each other, both ways. The `from` end holds the reference and is what a change writes; the `to` end, a set on
// the other object, follows from it and is kept by the database.

export interface End {
  readonly cls: string;
  readonly field: string;
}

export interface Relation {
  /** `one-to-many`: `from` is a reference. `many-to-many`: `from` is a set of references. */
  readonly kind: 'one-to-many' | 'many-to-many';
  readonly from: End;
  readonly to: End;
}

const end = (path: string): End => {
  const dot = path.indexOf('.');
  return { cls: path.slice(0, dot), field: path.slice(dot + 1) };
};
const oneToMany = (from: string, to: string): Relation => ({ kind: 'one-to-many', from: end(from), to: end(to) });
const manyToMany = (from: string, to: string): Relation => ({ kind: 'many-to-many', from: end(from), to: end(to) });

/** The roles of a subject and the sub-roles of a role are sets with nothing at the other end. */
export const oneWaySets: readonly End[] = [end('subject.roles'), end('role.subroles')];

/** Relations with an end that is no field of the API. A set among these (`VM.attached_PCIs`) is written by those who know the other end. */
export const hiddenRelations: readonly Relation[] = [
  oneToMany('task.session', 'session.tasks'),
  manyToMany('PCI.attached_VMs', 'VM.attached_PCIs'),
  oneToMany('PCI.physical_function', 'PCI.virtual_functions'),
];

/** Relations with both ends in the API. */
export const relations: readonly Relation[] = [
  oneToMany('VM.snapshot_of', 'VM.snapshots'),
  oneToMany('VDI.snapshot_of', 'VDI.snapshots'),
  oneToMany('VM.parent', 'VM.children'),
  oneToMany('task.subtask_of', 'task.subtasks'),
  oneToMany('PIF.bond_slave_of', 'Bond.slaves'),
  oneToMany('Bond.master', 'PIF.bond_master_of'),
  oneToMany('VLAN.tagged_PIF', 'PIF.VLAN_slave_of'),
  oneToMany('tunnel.access_PIF', 'PIF.tunnel_access_PIF_of'),
  oneToMany('tunnel.transport_PIF', 'PIF.tunnel_transport_PIF_of'),
  oneToMany('PBD.host', 'host.PBDs'),
  oneToMany('PBD.SR', 'SR.PBDs'),
  oneToMany('VBD.VDI', 'VDI.VBDs'),
  oneToMany('crashdump.VDI', 'VDI.crash_dumps'),
  oneToMany('VBD.VM', 'VM.VBDs'),
  oneToMany('crashdump.VM', 'VM.crash_dumps'),
  oneToMany('VIF.VM', 'VM.VIFs'),
  oneToMany('VIF.network', 'network.VIFs'),
  oneToMany('Cluster_host.cluster', 'Cluster.cluster_hosts'),
  oneToMany('PIF.host', 'host.PIFs'),
  oneToMany('PIF.network', 'network.PIFs'),
  oneToMany('VDI.SR', 'SR.VDIs'),
  oneToMany('VTPM.VM', 'VM.VTPMs'),
  oneToMany('console.VM', 'VM.consoles'),
  oneToMany('VM.resident_on', 'host.resident_VMs'),
  oneToMany('host_cpu.host', 'host.host_CPUs'),
  oneToMany('host_crashdump.host', 'host.crashdumps'),
  oneToMany('host_patch.host', 'host.patches'),
  oneToMany('host_patch.pool_patch', 'pool_patch.host_patches'),
  oneToMany('VM.protection_policy', 'VMPP.VMs'),
  oneToMany('VM.snapshot_schedule', 'VMSS.VMs'),
  oneToMany('VM.appliance', 'VM_appliance.VMs'),
  oneToMany('PGPU.GPU_group', 'GPU_group.PGPUs'),
  oneToMany('VGPU.GPU_group', 'GPU_group.VGPUs'),
  oneToMany('VGPU.type', 'VGPU_type.VGPUs'),
  oneToMany('VGPU.VM', 'VM.VGPUs'),
  oneToMany('VGPU.resident_on', 'PGPU.resident_VGPUs'),
  oneToMany('PCI.host', 'host.PCIs'),
  oneToMany('PGPU.host', 'host.PGPUs'),
  oneToMany('VDI.metadata_of_pool', 'pool.metadata_VDIs'),
  oneToMany('SR.introduced_by', 'DR_task.introduced_SRs'),
  oneToMany('PVS_server.site', 'PVS_site.servers'),
  oneToMany('PVS_proxy.site', 'PVS_site.proxies'),
  oneToMany('PVS_cache_storage.site', 'PVS_site.cache_storage'),
  oneToMany('PUSB.host', 'host.PUSBs'),
  oneToMany('PUSB.USB_group', 'USB_group.PUSBs'),
  oneToMany('VUSB.USB_group', 'USB_group.VUSBs'),
  oneToMany('VUSB.VM', 'VM.VUSBs'),
  oneToMany('Feature.host', 'host.features'),
  oneToMany('network_sriov.physical_PIF', 'PIF.sriov_physical_PIF_of'),
  oneToMany('network_sriov.logical_PIF', 'PIF.sriov_logical_PIF_of'),
  oneToMany('Certificate.host', 'host.certificates'),
  oneToMany('Driver_variant.driver', 'Host_driver.variants'),
  oneToMany('Caller.rate_limit', 'Rate_limit.callers'),
  manyToMany('host.updates', 'pool_update.hosts'),
  manyToMany('PGPU.supported_VGPU_types', 'VGPU_type.supported_on_PGPUs'),
  manyToMany('PGPU.enabled_VGPU_types', 'VGPU_type.enabled_on_PGPUs'),
  manyToMany('GPU_group.supported_VGPU_types', 'VGPU_type.supported_on_GPU_groups'),
  manyToMany('GPU_group.enabled_VGPU_types', 'VGPU_type.enabled_on_GPU_groups'),
  manyToMany('VM.groups', 'VM_group.VMs'),
];
