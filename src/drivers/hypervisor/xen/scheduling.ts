// How a guest's vCPUs share the CPUs of the host, in the words of xl: of its configuration, and live.

import { DriverError, type GuestScheduling, type GuestSpec } from '../../hypervisor.ts';
import type { Dom0 } from './dom0.ts';
import { runXl } from './xl.ts';
import { parseColonLines } from './xl-info.ts';

const USUAL_WEIGHT = 256;
const MOST_WEIGHT = 65_535;
const PERCENT = 100;

/** CPUs as xl writes them: `0-3,7`. */
export const cpuList = (cpus: readonly number[]): string => {
  const runs: [number, number][] = [];
  for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
};

/** For each vCPU its CPUs in the words of xl; one text where all have the same. Throws `bad-config` for a vCPU that could run nowhere. */
const pinsOf = ({ cpus = [] }: GuestScheduling, vcpusMax: number): string | readonly string[] => {
  const [first] = cpus;
  if (first === undefined) return 'all';
  const lists = Array.from({ length: vcpusMax }, (_, vcpu) => cpuList(cpus[vcpu] ?? first));
  if (lists.includes('')) throw new DriverError('bad-config', 'a vCPU with no CPU to run on cannot be');
  return new Set(lists).size === 1 ? (lists[0] ?? 'all') : lists;
};

/** A cap above what all vCPUs can use is none: Xen refuses it. */
const checked = (scheduling: GuestScheduling, vcpusMax: number): Required<Pick<GuestScheduling, 'weight' | 'capPercent'>> => {
  const { weight = USUAL_WEIGHT, capPercent = 0 } = scheduling;
  if (!Number.isInteger(weight) || weight < 1 || weight > MOST_WEIGHT) {
    throw new DriverError('bad-config', `a weight is a number from 1 to ${MOST_WEIGHT}, not ${weight}`);
  }
  if (!Number.isInteger(capPercent) || capPercent < 0) throw new DriverError('bad-config', `a cap is a percentage, not ${capPercent}`);
  return { weight, capPercent: Math.min(capPercent, vcpusMax * PERCENT) };
};

/** Lines of a domain's configuration; none for what is usual. */
export const schedulingLines = (
  spec: Pick<GuestSpec, 'scheduling' | 'vcpusMax'>,
): readonly (readonly [string, string | number | readonly string[]])[] => {
  const { scheduling } = spec;
  if (scheduling === undefined) return [];
  const { weight, capPercent } = checked(scheduling, spec.vcpusMax);
  const pins = pinsOf(scheduling, spec.vcpusMax);
  return [
    ...(pins === 'all' ? [] : [['cpus', pins] as const]),
    ...(scheduling.weight === undefined ? [] : [['cpu_weight', weight] as const]),
    ...(scheduling.capPercent === undefined ? [] : [['cap', capPercent] as const]),
  ];
};

/** The schedulers that know weights and caps, and the words that set them. */
const commands: Readonly<Record<string, string>> = { credit2: 'sched-credit2', credit: 'sched-credit' };

const isUsual = ({ weight, capPercent }: GuestScheduling): boolean => weight === undefined && capPercent === undefined;

const setShare = async (dom0: Dom0, domid: number, vcpusMax: number, scheduling: GuestScheduling): Promise<void> => {
  const { weight, capPercent } = checked(scheduling, vcpusMax);
  const scheduler = parseColonLines(await runXl(dom0, ['info'], { tried: 'asking Xen' })).get('xen_scheduler') ?? '';
  const command = commands[scheduler];
  if (command === undefined) {
    if (isUsual(scheduling)) return;
    throw new DriverError('unsupported', `the scheduler of this host, ${scheduler}, knows no weight and no cap`);
  }
  const args = [command, '-d', String(domid), '-w', String(weight), '-c', String(capPercent)];
  await runXl(dom0, args, { tried: "setting the guest's share of the processors" });
};

/** Gives a living domain, made or changed by `spec`, all of it; what is not named becomes usual again. */
export const setScheduling = async (
  dom0: Dom0,
  domid: number,
  spec: Pick<GuestSpec, 'scheduling' | 'vcpusMax'>,
  scheduling: GuestScheduling,
): Promise<void> => {
  const pins = pinsOf(scheduling, spec.vcpusMax);
  // A guest that never had a share of its own needs no more than its pins.
  if (!isUsual(scheduling) || !isUsual(spec.scheduling ?? {})) await setShare(dom0, domid, spec.vcpusMax, scheduling);
  const tried = "pinning the guest's processors";
  if (typeof pins === 'string') return void (await runXl(dom0, ['vcpu-pin', String(domid), 'all', pins], { tried }));
  for (const [vcpu, cpus] of pins.entries()) await runXl(dom0, ['vcpu-pin', String(domid), String(vcpu), cpus], { tried });
};
