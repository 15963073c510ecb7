// What `xl info` and /proc/cpuinfo of dom0 print, as the host's facts.

import { DriverError, type GuestFeatures, type HypervisorInfo } from '../../hypervisor.ts';

const MIB = 1 << 20;

/** `key : value` lines; a value may hold colons. */
export const parseColonLines = (text: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(':');
    const key = line.slice(0, at).trim();
    // Of each processor's block only the first counts.
    if (at > 0 && !fields.has(key)) fields.set(key, line.slice(at + 1).trim());
  }
  return fields;
};

/** Throws DriverError `failed` when the text is not that of a Xen host. */
export const hostFacts = (
  xlInfo: string,
  cpuInfo: string,
  controlDomainBytes?: number,
  guestFeatures?: GuestFeatures,
): Omit<HypervisorInfo, 'kind' | 'accelerator'> & Pick<Required<HypervisorInfo>, 'xen'> => {
  const xen = parseColonLines(xlInfo);
  const cpu = parseColonLines(cpuInfo);
  const number = (key: string): number => {
    const value = Number(xen.get(key));
    if (!Number.isFinite(value)) throw new DriverError('failed', `xl info says nothing of ${key}`);
    return value;
  };
  const count = number('nr_cpus');
  const threadsPerCore = number('threads_per_core');
  const perSocket = number('cores_per_socket') * threadsPerCore;
  return {
    version: xen.get('xen_version') ?? '',
    cpu: {
      count,
      sockets: Math.max(1, Math.round(count / Math.max(1, perSocket))),
      vendor: cpu.get('vendor_id') ?? '',
      model: cpu.get('model name') ?? '',
      mhz: Math.round(number('cpu_mhz')),
      flags: (cpu.get('flags') ?? '').split(' ').filter(flag => flag !== ''),
      ...(guestFeatures !== undefined && { guestFeatures }),
    },
    memoryTotalBytes: number('total_memory') * MIB,
    memoryFreeBytes: number('free_memory') * MIB,
    xen: {
      capabilities: (xen.get('xen_caps') ?? '').split(' ').filter(word => word !== ''),
      commandLine: xen.get('xen_commandline') ?? '',
      scheduler: xen.get('xen_scheduler') ?? '',
      threadsPerCore,
      nodes: Number(xen.get('nr_nodes') ?? '1'),
      microcode: cpu.get('microcode') ?? '',
      ...(controlDomainBytes !== undefined && { controlDomainBytes }),
    },
  };
};

export interface CpuUse {
  /** Seconds used by each processor that is switched on, in their order. */
  readonly seconds: readonly number[];
  readonly online: number;
}

const VCPU = / (?<vcpu>\d+) +(?<cpu>\d+|-) +(?<state>[r-][b-][p-]) +(?<seconds>\d+\.\d+) +(?<hard>\S+)/;

const vcpuRows = (text: string): readonly Readonly<Record<string, string>>[] =>
  text
    .split('\n')
    .slice(1)
    .map(line => VCPU.exec(line)?.groups)
    .filter(groups => groups !== undefined);

export interface VcpuPin {
  readonly vcpu: number;
  readonly isOnline: boolean;
  /** CPUs that it may run on, as xl writes them: `all`, `2`, `0-3,7`. */
  readonly cpus: string;
}

/** Of `xl vcpu-list <domain>`: all processors that the domain was made with. */
export const parseVcpuPins = (text: string): readonly VcpuPin[] =>
  vcpuRows(text).map(row => ({ vcpu: Number(row['vcpu']), isOnline: row['cpu'] !== '-', cpus: row['hard'] ?? '' }));

/** Of `xl vcpu-list <domain>`. */
export const parseVcpuList = (text: string): CpuUse => {
  const rows = vcpuRows(text);
  const online = rows.filter(row => row['cpu'] !== '-');
  return { seconds: online.map(row => Number(row['seconds'])), online: online.length };
};
