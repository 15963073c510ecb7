// Whether a tuning of the control domain can be, and whom it would disturb. Pure.

import type { Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { parseCpus } from '../vm/scheduling.ts';
import type { Tuning } from './advice.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Throws INVALID_VALUE. */
export const assertPossible = ({ vcpus, pinning }: Tuning, cpus: number): void => {
  if (!Number.isSafeInteger(vcpus) || vcpus < 1 || vcpus > cpus) {
    throw new XenError('INVALID_VALUE', ['vcpus', String(vcpus), `this host has ${plural(cpus, 'CPU')}: give a number from 1 to ${cpus}`]);
  }
  if (pinning === 'xpin' && vcpus === cpus) {
    const hint = `all ${plural(cpus, 'CPU')} would be the control domain's own and none be left for guests: give fewer, or nopin`;
    throw new XenError('INVALID_VALUE', ['vcpus', String(vcpus), hint]);
  }
};

/** CPUs that are left to guests; undefined: all. */
export const guestCpusBeside = ({ vcpus, pinning }: Tuning, cpus: number): readonly number[] | undefined =>
  pinning === 'nopin' ? undefined : Array.from({ length: cpus - vcpus }, (_, i) => vcpus + i);

/** What a tuning with exclusive CPUs does to guests, a sentence each: what `force` says yes to. */
export const disturbed = (db: Reader, host: Ref<'host'>, { vcpus, pinning }: Tuning): readonly string[] => {
  if (pinning === 'nopin') return [];
  return [...db.all('VM')].flatMap(([, vm]) => {
    if (vm.is_control_domain || vm.is_a_template || vm.is_a_snapshot) return [];
    const name = `${vm.name_label} (${vm.uuid})`;
    const masks = (vm.VCPUs_params['mask'] ?? '').split(';').map(part => parseCpus(part) ?? []);
    const taken = [...new Set(masks.flat())].filter(cpu => cpu < vcpus);
    if (taken.length > 0) {
      const fate = masks.some(mask => mask.length > 0 && mask.every(cpu => cpu < vcpus))
        ? 'it would not start here any more'
        : 'it would get the rest';
      return [`${name} is pinned to CPUs ${taken.join(',')} by its VCPUs-params:mask: ${fate}`];
    }
    const isLive = vm.resident_on === host && (vm.power_state === 'Running' || vm.power_state === 'Paused');
    return isLive ? [`${name} is running and would be moved off ${vcpus === 1 ? 'CPU 0' : `CPUs 0-${vcpus - 1}`} at once`] : [];
  });
};

/** Throws OPERATION_NOT_ALLOWED. */
export const assertUndisturbed = (sentences: readonly string[]): void => {
  if (sentences.length === 0) return;
  throw new XenError('OPERATION_NOT_ALLOWED', [`${sentences.join('; ')}. Give --force (force=true) if that is what you want`]);
};
