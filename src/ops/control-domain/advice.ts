// How many processors a control domain should have, and whether they should be its own alone: by the size of the machine. Pure.

export type PinningWord = 'nopin' | 'xpin';

export interface Tuning {
  readonly vcpus: number;
  readonly pinning: PinningWord;
}

/** From so many CPUs on, the work of a control domain suffers more from guests than guests from fewer CPUs. */
const XPIN_FROM_CPUS = 48;

/** By the least number of CPUs, the largest first. */
const STEPS: readonly (readonly [cpus: number, vcpus: number])[] = [
  [32, 8],
  [24, 6],
  [4, 4],
];

export const usualVcpus = (cpus: number): number => STEPS.find(([least]) => cpus >= least)?.[1] ?? Math.max(1, cpus);

export const adviceFor = (cpus: number): Tuning => ({ vcpus: usualVcpus(cpus), pinning: cpus >= XPIN_FROM_CPUS ? 'xpin' : 'nopin' });
