// A control domain in memory, part of a world: what it has, what its next boot gives, and whether the machine was told to go down.

import type { BootSettings, ControlDomain, HostPower, Pinning } from '../../../src/drivers/control-domain.ts';
import type { World } from './drivers.ts';

export interface WorldXen {
  cpus: number;
  vcpus: number;
  vcpusMax: number;
  pinning: Pinning;
  memoryBytes: number;
  memoryMaxBytes: number;
  usedBytes: number;
  boot: BootSettings;
  bootNotes: readonly string[];
  power: 'on' | 'off' | 'restarting';
}

const GIB = 2 ** 30;

export const worldXen = (changes: Partial<WorldXen> = {}): WorldXen => ({
  cpus: 8,
  vcpus: 8,
  vcpusMax: 8,
  pinning: 'none',
  memoryBytes: 2 * GIB,
  memoryMaxBytes: 4 * GIB,
  usedBytes: GIB,
  boot: {},
  bootNotes: [],
  power: 'on',
  ...changes,
});

export const worldControlDomain = (world: World, xen: WorldXen): { readonly controlDomain: ControlDomain; readonly power: HostPower } => ({
  controlDomain: {
    state: async () => ({
      cpus: xen.cpus,
      vcpus: xen.vcpus,
      vcpusMax: xen.vcpusMax,
      pinning: xen.pinning,
      memoryBytes: xen.memoryBytes,
      memoryMaxBytes: xen.memoryMaxBytes,
      usedBytes: xen.usedBytes,
      machineMemoryBytes: 64 * GIB,
    }),
    bootSettings: async () => {
      world.enter('bootSettings');
      return xen.boot;
    },
    keepForBoot: async settings => {
      world.enter('keepForBoot');
      xen.boot = settings;
      return xen.bootNotes;
    },
    setVcpus: async count => {
      world.enter('zero.setVcpus');
      xen.vcpus = count;
    },
    pin: async pinning => {
      world.enter('zero.pin');
      xen.pinning = pinning;
    },
    setMemory: async bytes => {
      world.enter('zero.setMemory');
      xen.memoryBytes = bytes;
    },
  },
  power: {
    shutdown: async ({ restart }) => {
      world.enter('power');
      xen.power = restart ? 'restarting' : 'off';
    },
  },
});
