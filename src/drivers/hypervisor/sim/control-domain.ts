// The simulated control domain: it remembers what it was given, for as long as its process lives.

import { cpus } from 'node:os';
import type { BootSettings, ControlDomain, Pinning } from '../../control-domain.ts';
import { DriverError } from '../../hypervisor.ts';
import type { Fault } from './transfer.ts';

export interface SimControlDomainParts {
  readonly fault: Fault;
  readonly machineMemoryBytes: () => Promise<number>;
  /** CPUs of the simulated machine; default: those of the real one. */
  readonly cpuCount?: number;
}

const GIB = 2 ** 30;

export const createSimControlDomain = ({ fault, machineMemoryBytes, cpuCount = cpus().length }: SimControlDomainParts): ControlDomain => {
  let vcpus = cpuCount;
  let pinning: Pinning = 'none';
  let memoryBytes = GIB;
  let boot: BootSettings = {};
  return {
    state: async () => ({
      cpus: cpuCount,
      vcpus,
      vcpusMax: cpuCount,
      pinning,
      memoryBytes,
      machineMemoryBytes: await machineMemoryBytes(),
    }),
    bootSettings: async () => boot,
    async keepForBoot(settings) {
      await fault('keepForBoot', 'control domain');
      boot = settings;
      return [];
    },
    async setVcpus(count) {
      await fault('setVcpus', 'control domain');
      if (count < 1 || count > cpuCount) throw new DriverError('bad-config', `the control domain cannot have ${count} processors`);
      vcpus = count;
    },
    async pin(wanted) {
      await fault('pin', 'control domain');
      pinning = wanted;
    },
    async setMemory(bytes) {
      await fault('setMemory', 'control domain');
      memoryBytes = bytes;
    },
  };
};
