// What a start learns of the machine: hypervisor, network, interfaces, SRs' drivers. Read once, before any transaction.

import { readFile } from 'node:fs/promises';
import { cpus, hostname, release } from 'node:os';
import type { HypervisorInfo } from '../../drivers/hypervisor.ts';
import type { NetworkInfo, PhysicalInterface } from '../../drivers/network.ts';
import { type PciFunction, pciFunctions } from '../../drivers/pci/functions.ts';
import type { Services } from '../context.ts';

export interface MachineFacts {
  readonly hypervisor: HypervisorInfo;
  readonly network: NetworkInfo;
  readonly interfaces: readonly PhysicalInterface[];
  readonly hostname: string;
  readonly kernel: string;
  readonly bootTime: number;
  /** Another one after each boot, whatever the clock says; empty where the kernel does not tell. */
  readonly bootId: string;
  readonly bios: Readonly<Record<string, string>>;
  readonly pci: readonly PciFunction[];
}

const dmiFiles: Readonly<Record<string, string>> = {
  'bios-vendor': 'bios_vendor',
  'bios-version': 'bios_version',
  'system-manufacturer': 'sys_vendor',
  'system-product-name': 'product_name',
  'system-version': 'product_version',
  'system-serial-number': 'product_serial',
  'baseboard-manufacturer': 'board_vendor',
  'baseboard-product-name': 'board_name',
  'baseboard-version': 'board_version',
  'baseboard-serial-number': 'board_serial',
};

/** Not every machine has the table, and not every user may read all of it. */
const textOf = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error) return '';
    throw error;
  }
};

const biosStrings = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(dmiFiles).map(async ([key, file]) => [key, await textOf(`/sys/class/dmi/id/${file}`)])),
  );

const bootTime = async (): Promise<number> => {
  const found = /^btime (\d+)$/m.exec(await textOf('/proc/stat'));
  return found ? Number(found[1]) : Math.floor(Date.now() / 1000);
};

export const readFacts = async ({ hypervisor, network }: Services): Promise<MachineFacts> => {
  // Programs and a switch are asked: side by side, since a start waits for it.
  const [hypervisorFacts, networkFacts, interfaces, booted, bootId, bios, pci] = await Promise.all([
    hypervisor.probe(),
    network.probe(),
    network.interfaces(),
    bootTime(),
    textOf('/proc/sys/kernel/random/boot_id'),
    biosStrings(),
    pciFunctions(),
  ]);
  return {
    hypervisor: hypervisorFacts,
    network: networkFacts,
    interfaces,
    hostname: hostname(),
    kernel: release(),
    bootTime: booted,
    bootId,
    bios,
    pci,
  };
};

/** Family, model and stepping are numbers of the real CPU that the hypervisor does not tell. */
export const cpuNumbers = async (): Promise<{ readonly family: string; readonly model: string; readonly stepping: string }> => {
  const text = await textOf('/proc/cpuinfo');
  const value = (name: string): string => new RegExp(`^${name}\\s*:\\s*(\\d+)$`, 'm').exec(text)?.[1] ?? '0';
  return { family: value('cpu family'), model: value('model'), stepping: value('stepping') };
};

export const cpuCount = (): number => cpus().length;
