// The 55 classes of the command line: the API class, the table of fields, what a list shows and which filters it starts with.

import type { RecordSpec } from './spec.ts';

export interface CliClass {
  readonly api: string;
  readonly record: RecordName;
  readonly shown: readonly string[];
  readonly filters?: readonly (readonly [field: string, value: string])[];
  /** Its list is among the common commands that `help` names first. */
  readonly common?: true;
}

const table = {
  pool: { api: 'pool', record: 'pool', shown: ['uuid', 'name-label', 'name-description', 'master', 'default-SR'] },
  pif: { api: 'PIF', record: 'pif', shown: ['uuid', 'device', 'VLAN', 'MAC', 'network-uuid', 'currently-attached', 'host-uuid'] },
  bond: { api: 'Bond', record: 'bond', shown: ['uuid', 'master', 'slaves'] },
  vlan: { api: 'VLAN', record: 'vlan', shown: ['uuid', 'tagged-PIF', 'untagged-PIF', 'tag'] },
  tunnel: { api: 'tunnel', record: 'tunnel', shown: ['uuid', 'transport-PIF', 'access-PIF', 'status'] },
  vif: { api: 'VIF', record: 'vif', shown: ['uuid', 'device', 'vm-uuid', 'network-uuid'] },
  network: { api: 'network', record: 'net', shown: ['uuid', 'name-label', 'name-description', 'bridge'], common: true },
  console: { api: 'console', record: 'console', shown: ['uuid', 'vm-uuid', 'vm-name-label', 'protocol', 'location'] },
  vm: { api: 'VM', record: 'vm', shown: ['name-label', 'uuid', 'power-state'], filters: [['is-a-template', 'false']], common: true },
  template: {
    api: 'VM',
    record: 'vm',
    shown: ['name-label', 'name-description', 'uuid'],
    filters: [
      ['is-a-template', 'true'],
      ['is-a-snapshot', 'false'],
    ],
  },
  snapshot: {
    api: 'VM',
    record: 'vm',
    shown: ['name-label', 'name-description', 'uuid', 'is-vmss-snapshot'],
    filters: [['is-a-snapshot', 'true']],
  },
  host: { api: 'host', record: 'host', shown: ['uuid', 'name-label', 'name-description'] },
  'host-cpu': { api: 'host_cpu', record: 'host-cpu', shown: ['uuid', 'number', 'vendor', 'speed', 'utilisation'] },
  'host-crashdump': { api: 'host_crashdump', record: 'host-crashdump', shown: ['uuid', 'timestamp', 'size'] },
  patch: {
    api: 'pool_patch',
    record: 'pool-patch',
    shown: ['uuid', 'name-label', 'name-description', 'size', 'hosts', 'after-apply-guidance'],
  },
  update: {
    api: 'pool_update',
    record: 'pool-update',
    shown: ['uuid', 'name-label', 'name-description', 'version', 'installation-size', 'hosts', 'after-apply-guidance'],
  },
  vdi: { api: 'VDI', record: 'vdi', shown: ['uuid', 'name-label', 'name-description', 'virtual-size', 'read-only', 'sharable', 'sr-uuid'] },
  vbd: { api: 'VBD', record: 'vbd', shown: ['uuid', 'vm-uuid', 'vm-name-label', 'vdi-uuid', 'device', 'empty'] },
  sr: { api: 'SR', record: 'sr', shown: ['uuid', 'name-label', 'name-description', 'host', 'type', 'content-type'], common: true },
  sm: { api: 'SM', record: 'sm', shown: ['uuid', 'type', 'name-label', 'name-description', 'vendor', 'copyright', 'configuration'] },
  pbd: { api: 'PBD', record: 'pbd', shown: ['uuid', 'host-uuid', 'sr-uuid', 'device-config', 'currently-attached'] },
  task: { api: 'task', record: 'task', shown: ['uuid', 'name-label', 'name-description', 'status', 'progress'] },
  subject: { api: 'subject', record: 'subject', shown: ['uuid', 'subject-identifier', 'other-config', 'roles'] },
  role: { api: 'role', record: 'role', shown: ['uuid', 'name', 'description'] },
  vmss: {
    api: 'VMSS',
    record: 'vmss',
    shown: [
      'uuid',
      'name-label',
      'name-description',
      'enabled',
      'type',
      'retained-snapshots',
      'frequency',
      'schedule',
      'last-run-time',
      'VMs',
    ],
  },
  message: { api: 'message', record: 'message', shown: [] },
  secret: { api: 'secret', record: 'secret', shown: [] },
  appliance: { api: 'VM_appliance', record: 'vm-appliance', shown: [] },
  'vm-group': { api: 'VM_group', record: 'vm-group', shown: ['uuid', 'name-label', 'name-description', 'placement', 'vm-uuids'] },
  pgpu: { api: 'PGPU', record: 'pgpu', shown: ['uuid', 'pci-uuid', 'vendor-name', 'device-name', 'gpu-group-uuid'] },
  'gpu-group': { api: 'GPU_group', record: 'gpu-group', shown: ['uuid', 'name-label', 'name-description'] },
  vgpu: { api: 'VGPU', record: 'vgpu', shown: ['uuid', 'vm-uuid', 'device', 'gpu-group-uuid'] },
  'vgpu-type': { api: 'VGPU_type', record: 'vgpu-type', shown: ['uuid', 'vendor-name', 'model-name', 'max-resolution', 'max-heads'] },
  drtask: { api: 'DR_task', record: 'dr-task', shown: [] },
  'pvs-site': { api: 'PVS_site', record: 'pvs-site', shown: ['uuid', 'name-label', 'name-description', 'pvs-uuid', 'pvs-server-uuids'] },
  'pvs-server': { api: 'PVS_server', record: 'pvs-server', shown: ['uuid', 'addresses', 'pvs-site-uuid'] },
  'pvs-proxy': { api: 'PVS_proxy', record: 'pvs-proxy', shown: ['uuid', 'vif-uuid', 'pvs-site-uuid', 'currently-attached'] },
  'pvs-cache-storage': {
    api: 'PVS_cache_storage',
    record: 'pvs-cache-storage',
    shown: ['uuid', 'host-uuid', 'sr-uuid', 'pvs-site-uuid', 'size'],
  },
  feature: {
    api: 'Feature',
    record: 'feature',
    shown: ['uuid', 'name-label', 'name-description', 'enabled', 'experimental', 'version', 'host-uuid'],
  },
  'sdn-controller': { api: 'SDN_controller', record: 'sdn-controller', shown: ['uuid', 'protocol', 'address', 'port'] },
  pusb: {
    api: 'PUSB',
    record: 'pusb',
    shown: ['uuid', 'path', 'product-id', 'product-desc', 'vendor-id', 'vendor-desc', 'serial', 'version', 'description', 'speed'],
  },
  'usb-group': { api: 'USB_group', record: 'usb-group', shown: ['uuid', 'name-label', 'name-description'] },
  vusb: { api: 'VUSB', record: 'vusb', shown: ['uuid', 'vm-uuid', 'usb-group-uuid'] },
  'network-sriov': { api: 'network_sriov', record: 'network-sriov', shown: ['uuid', 'requires-reboot'] },
  cluster: {
    api: 'Cluster',
    record: 'cluster',
    shown: [
      'uuid',
      'cluster-hosts',
      'cluster-token',
      'cluster-stack',
      'allowed-operations',
      'current-operations',
      'pool-auto-join',
      'cluster-config',
      'other-config',
    ],
  },
  'cluster-host': {
    api: 'Cluster_host',
    record: 'cluster-host',
    shown: ['uuid', 'cluster', 'host', 'enabled', 'allowed-operations', 'current-operations', 'other-config'],
  },
  certificate: {
    api: 'Certificate',
    record: 'certificate',
    shown: ['uuid', 'type', 'name', 'host', 'not-before', 'not-after', 'fingerprint', 'purpose'],
  },
  repository: {
    api: 'Repository',
    record: 'repository',
    shown: ['uuid', 'name-label', 'name-description', 'binary-url', 'source-url', 'update', 'hash', 'gpgkey-path', 'origin'],
  },
  'hostdriver-variant': {
    api: 'Driver_variant',
    record: 'driver-variant',
    shown: ['uuid', 'driver-name', 'name', 'version', 'priority', 'host-uuid', 'driver-uuid', 'active', 'selected', 'status', 'hw-present'],
  },
  hostdriver: {
    api: 'Host_driver',
    record: 'host-driver',
    shown: ['uuid', 'name', 'host-uuid', 'active-variant', 'selected-variant', 'variants', 'variants-uuid'],
  },
  vtpm: { api: 'VTPM', record: 'vtpm', shown: ['uuid', 'vm-uuid'] },
  observer: {
    api: 'Observer',
    record: 'observer',
    shown: ['uuid', 'name-label', 'name-description', 'host-uuids', 'endpoints', 'enabled'],
  },
  pci: { api: 'PCI', record: 'pci', shown: ['uuid', 'vendor-name', 'device-name', 'pci-id'] },
  caller: {
    api: 'Caller',
    record: 'caller',
    shown: ['uuid', 'name-label', 'name-description', 'user-agent', 'client-ip', 'last-access', 'groups', 'rate-limit'],
  },
  'rate-limit': { api: 'Rate_limit', record: 'rate-limit', shown: ['uuid', 'name-label', 'callers', 'burst-size', 'fill-rate'] },
} as const satisfies Readonly<Record<string, Omit<CliClass, 'record'> & { readonly record: string }>>;

export type CliClassName = keyof typeof table;

export const cliClasses: Readonly<Record<CliClassName, CliClass>> = table;

export const isCliClass = (name: string): name is CliClassName => Object.hasOwn(table, name);

const loaders = {
  bond: () => import('./bond.ts'),
  caller: () => import('./caller.ts'),
  certificate: () => import('./certificate.ts'),
  cluster: () => import('./cluster.ts'),
  'cluster-host': () => import('./cluster-host.ts'),
  console: () => import('./console.ts'),
  'dr-task': () => import('./dr-task.ts'),
  'driver-variant': () => import('./driver-variant.ts'),
  feature: () => import('./feature.ts'),
  'gpu-group': () => import('./gpu-group.ts'),
  host: () => import('./host.ts'),
  'host-cpu': () => import('./host-cpu.ts'),
  'host-crashdump': () => import('./host-crashdump.ts'),
  'host-driver': () => import('./host-driver.ts'),
  message: () => import('./message.ts'),
  net: () => import('./net.ts'),
  'network-sriov': () => import('./network-sriov.ts'),
  observer: () => import('./observer.ts'),
  pbd: () => import('./pbd.ts'),
  pci: () => import('./pci.ts'),
  pgpu: () => import('./pgpu.ts'),
  pif: () => import('./pif.ts'),
  pool: () => import('./pool.ts'),
  'pool-patch': () => import('./pool-patch.ts'),
  'pool-update': () => import('./pool-update.ts'),
  pusb: () => import('./pusb.ts'),
  'pvs-cache-storage': () => import('./pvs-cache-storage.ts'),
  'pvs-proxy': () => import('./pvs-proxy.ts'),
  'pvs-server': () => import('./pvs-server.ts'),
  'pvs-site': () => import('./pvs-site.ts'),
  'rate-limit': () => import('./rate-limit.ts'),
  repository: () => import('./repository.ts'),
  role: () => import('./role.ts'),
  'sdn-controller': () => import('./sdn-controller.ts'),
  secret: () => import('./secret.ts'),
  sm: () => import('./sm.ts'),
  sr: () => import('./sr.ts'),
  subject: () => import('./subject.ts'),
  task: () => import('./task.ts'),
  tunnel: () => import('./tunnel.ts'),
  'usb-group': () => import('./usb-group.ts'),
  vbd: () => import('./vbd.ts'),
  vdi: () => import('./vdi.ts'),
  vgpu: () => import('./vgpu.ts'),
  'vgpu-type': () => import('./vgpu-type.ts'),
  vif: () => import('./vif.ts'),
  vlan: () => import('./vlan.ts'),
  vm: () => import('./vm.ts'),
  'vm-appliance': () => import('./vm-appliance.ts'),
  'vm-group': () => import('./vm-group.ts'),
  vmss: () => import('./vmss.ts'),
  vtpm: () => import('./vtpm.ts'),
  vusb: () => import('./vusb.ts'),
} as const;

export type RecordName = keyof typeof loaders;

export const loadRecord = async (name: RecordName): Promise<RecordSpec> => (await loaders[name]()).record;
