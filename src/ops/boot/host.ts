// The records of the host itself: host, host_metrics, host_cpu, the control domain. Made at the first start, refreshed at each.

import type { Ref } from '../../lib/brand.ts';
import { nullRef } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';
import { featureKeys } from '../host/cpu-features.ts';
import { timeText } from '../refs.ts';
import type { MachineFacts } from './facts.ts';
import { product } from './product.ts';

type CpuNumbers = { readonly family: string; readonly model: string; readonly stepping: string };

/** Where guests run on QEMU, they are of these kinds all the same. */
const usualCapabilities = ['xen-3.0-x86_64', 'hvm-3.0-x86_32', 'hvm-3.0-x86_32p', 'hvm-3.0-x86_64'];

const cpuInfo = ({ hypervisor: { cpu, xen } }: MachineFacts, numbers: CpuNumbers): Readonly<Record<string, string>> => ({
  cpu_count: String(cpu.count),
  socket_count: String(cpu.sockets),
  threads_per_core: String(xen?.threadsPerCore ?? 1),
  nr_nodes: String(xen?.nodes ?? 1),
  vendor: cpu.vendor,
  speed: cpu.mhz.toFixed(3),
  modelname: cpu.model,
  ...numbers,
  flags: cpu.flags.join(' '),
  ...featureKeys(cpu),
  ...(xen !== undefined && xen.microcode !== '' && { microcode: xen.microcode }),
});

const softwareVersion = (facts: MachineFacts): Readonly<Record<string, string>> => ({
  ...product,
  linux: facts.kernel,
  hostname: facts.hostname,
  hypervisor: `${facts.hypervisor.kind} ${facts.hypervisor.version}`,
  accelerator: facts.hypervisor.accelerator,
  network_backend: facts.network.kind === 'user' ? 'user' : 'openvswitch',
  ...(facts.hypervisor.kind === 'xen' && { xen: facts.hypervisor.version }),
  ...(facts.hypervisor.xen !== undefined && { xen_command_line: facts.hypervisor.xen.commandLine }),
});

/** The address clients are told: of the management interface, else of any. */
export const managementAddress = (facts: MachineFacts): string => {
  const management = facts.interfaces.find(port => port.management) ?? facts.interfaces[0];
  return management?.ipv4[0]?.address ?? management?.ipv6[0]?.address ?? '127.0.0.1';
};

/** Which boot of the machine the records were last in line with. */
const bootKey = 'xcp-boot-id';
/** Disabled for longer than until the next boot. */
export const staysDisabledKey = 'xcp-stays-disabled';

const degradedKey = 'xcp-network-degraded';

const otherConfig = (before: Readonly<Record<string, string>>, facts: MachineFacts): Readonly<Record<string, string>> => {
  const { [degradedKey]: _old, ...rest } = before;
  return {
    ...rest,
    agent_start_time: `${Math.floor(Date.now() / 1000)}.`,
    boot_time: `${facts.bootTime}.`,
    ...(facts.bootId !== '' && { [bootKey]: facts.bootId }),
    ...(facts.network.degraded === undefined ? {} : { [degradedKey]: facts.network.degraded }),
  };
};

/** A host that was disabled takes guests again once its machine has been started anew. */
export const enabledAfter = ({ enabled, other_config: config }: RecordOf<'host'>, { bootId }: MachineFacts): boolean => {
  const last = config[bootKey];
  const isNewBoot = last !== undefined && bootId !== '' && last !== bootId;
  return enabled || (isNewBoot && config[staysDisabledKey] === undefined);
};

/** What of the host's record the machine decides. */
export const hostFacts = (
  facts: MachineFacts,
  numbers: CpuNumbers,
  before: Readonly<Record<string, string>>,
): Partial<RecordOf<'host'>> => ({
  API_version_major: 2,
  API_version_minor: 23,
  API_version_vendor: 'XenSource',
  API_version_vendor_implementation: {},
  software_version: softwareVersion(facts),
  capabilities: facts.hypervisor.xen?.capabilities ?? usualCapabilities,
  ...(facts.hypervisor.xen !== undefined && { sched_policy: facts.hypervisor.xen.scheduler }),
  cpu_info: cpuInfo(facts, numbers),
  bios_strings: facts.bios,
  hostname: facts.hostname,
  address: managementAddress(facts),
  other_config: otherConfig(before, facts),
  virtual_hardware_platform_versions: [0, 1, 2],
});

export const insertHost = (services: Services, tx: Tx, facts: MachineFacts, numbers: CpuNumbers): Ref<'host'> => {
  const metrics = tx.insert('host_metrics', {
    memory_total: facts.hypervisor.memoryTotalBytes,
    memory_free: facts.hypervisor.memoryFreeBytes,
    live: true,
    last_updated: timeText(),
  });
  return tx.insert('host', {
    sched_policy: 'credit',
    ...hostFacts(facts, numbers, {}),
    name_label: services.settings.hostName,
    name_description: 'Default install',
    enabled: true,
    metrics,
    edition: 'xcp',
    editions: ['xcp'],
    chipset_info: { iommu: 'false' },
    https_only: true,
    ssl_legacy: false,
    display: 'enabled',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
};

/** One record per CPU; those that are gone go. */
export const syncCpus = (tx: Tx, host: Ref<'host'>, { hypervisor: { cpu } }: MachineFacts, numbers: CpuNumbers): void => {
  const have = new Map([...tx.referrers('host_cpu', 'host', host)].map(ref => [tx.need('host_cpu', ref).number, ref]));
  for (let number = 0; number < cpu.count; number++) {
    const fields = {
      vendor: cpu.vendor,
      speed: Math.round(cpu.mhz),
      modelname: cpu.model,
      family: Number(numbers.family),
      model: Number(numbers.model),
      stepping: numbers.stepping,
      flags: cpu.flags.join(' '),
    };
    const ref = have.get(number);
    if (ref === undefined) tx.insert('host_cpu', { host, number, ...fields });
    else tx.update('host_cpu', ref, fields);
  }
  for (const [number, ref] of have) if (number >= cpu.count) tx.delete('host_cpu', ref);
};

/** The VM record that stands for the host's own system. */
export const insertControlDomain = (services: Services, tx: Tx, host: Ref<'host'>, facts: MachineFacts): Ref<'VM'> => {
  const { memoryTotalBytes, memoryFreeBytes, xen } = facts.hypervisor;
  const memory = xen?.controlDomainBytes ?? Math.max(0, memoryTotalBytes - memoryFreeBytes);
  const metrics = tx.insert('VM_metrics', { VCPUs_number: facts.hypervisor.cpu.count, memory_actual: memory, start_time: timeText() });
  return tx.insert('VM', {
    name_label: `Control domain on host: ${services.settings.hostName}`,
    name_description: 'The domain which manages physical devices and manages other domains',
    power_state: 'Running',
    user_version: 1,
    is_control_domain: true,
    resident_on: host,
    affinity: host,
    memory_target: memory,
    memory_static_max: memory,
    memory_dynamic_max: memory,
    memory_dynamic_min: memory,
    memory_static_min: memory,
    VCPUs_max: facts.hypervisor.cpu.count,
    VCPUs_at_startup: facts.hypervisor.cpu.count,
    actions_after_shutdown: 'destroy',
    actions_after_reboot: 'destroy',
    actions_after_crash: 'destroy',
    HVM_shadow_multiplier: 1,
    domid: 0,
    domain_type: 'pv',
    suspend_VDI: nullRef(),
    has_vendor_device: false,
    metrics,
  });
};
