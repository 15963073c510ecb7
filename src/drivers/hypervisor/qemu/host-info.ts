// What the host offers: processors and memory, from the kernel's own tables.

import { readFile } from 'node:fs/promises';
import type { HypervisorInfo } from '../../hypervisor.ts';

type Cpu = HypervisorInfo['cpu'];

const valuesOf = (cpuinfo: string, key: string): readonly string[] =>
  [...cpuinfo.matchAll(new RegExp(`^${key}\\s*:[ \\t]*(.*)$`, 'gm'))].map(match => match[1] ?? '');

/** Reads /proc/cpuinfo. Pure. */
export const parseCpuInfo = (cpuinfo: string): Cpu => {
  const first = (key: string): string => valuesOf(cpuinfo, key)[0] ?? '';
  return {
    count: Math.max(1, valuesOf(cpuinfo, 'processor').length),
    sockets: Math.max(1, new Set(valuesOf(cpuinfo, 'physical id')).size),
    vendor: first('vendor_id'),
    model: first('model name'),
    mhz: Math.round(Number(first('cpu MHz')) || 0),
    flags: first('flags')
      .split(' ')
      .filter(flag => flag !== ''),
  };
};

/** Reads /proc/meminfo. Pure. */
export const parseMemInfo = (meminfo: string): { readonly memoryTotalBytes: number; readonly memoryFreeBytes: number } => {
  const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  return { memoryTotalBytes: bytes('MemTotal'), memoryFreeBytes: bytes('MemAvailable') };
};

type Memory = Pick<HypervisorInfo, 'memoryTotalBytes' | 'memoryFreeBytes'>;

/** Of the machine's memory, what guests may have: no more than `limitBytes` together, of which `promisedBytes` are theirs already. Pure. */
export const shareOf = (machine: Memory, limitBytes: number | undefined, promisedBytes: number): Memory => {
  if (limitBytes === undefined) return machine;
  const memoryTotalBytes = Math.min(machine.memoryTotalBytes, limitBytes);
  return { memoryTotalBytes, memoryFreeBytes: Math.max(0, Math.min(machine.memoryFreeBytes, memoryTotalBytes - promisedBytes)) };
};

export const hostInfo = async (): Promise<Memory & Pick<HypervisorInfo, 'cpu'>> => {
  const [cpuinfo, meminfo] = await Promise.all([readFile('/proc/cpuinfo', 'utf8'), readFile('/proc/meminfo', 'utf8')]);
  return { cpu: parseCpuInfo(cpuinfo), ...parseMemInfo(meminfo) };
};
