// Features of processors, where a hypervisor tells which of them guests have: the level of a host and of its pool, what a guest was booted with, and whether
// a host has all of that. Pure but for what it reads of the records.
//
// A guest boots with what all hosts of its pool give, or with less if `platform:featureset` says so, and keeps that until it is off. A host takes a guest
// that has run when it has every feature of it: often more than it gives to those that boot.

import {
  commonFeatures,
  type Featureset,
  featureNames,
  featuresBeyond,
  featuresetText,
  hasFeatures,
  parseFeatureset,
} from '../../lib/featureset.ts';
import type { Reader, Tx } from '../../db/db.ts';
import type { HypervisorInfo } from '../../drivers/hypervisor.ts';
import { XenError } from '../../model/error.ts';
import type { RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';

type CpuInfo = Readonly<Record<string, string>>;
type Kind = 'pv' | 'hvm';

/** Of `HypervisorInfo`, as XenServer's keys have it: `_host` is what guests boot with. */
export const featureKeys = ({ guestFeatures }: HypervisorInfo['cpu']): CpuInfo => ({
  features_pv: guestFeatures?.pv.atMost ?? '',
  features_hvm: guestFeatures?.hvm.atMost ?? '',
  features_hvm_host: guestFeatures?.hvm.atBoot ?? '',
  features_pv_host: guestFeatures?.pv.atBoot ?? '',
});

/** A host that tells nothing takes nothing away. */
const common = (a: string, b: string): string => {
  const [x, y] = [parseFeatureset(a), parseFeatureset(b)];
  if (x === undefined || x.length === 0) return b;
  if (y === undefined || y.length === 0) return a;
  return featuresetText(commonFeatures(x, y));
};

/** What a pool has of its hosts: the features of all of them, the processors of each. */
export const poolCpuInfo = (hosts: readonly CpuInfo[]): CpuInfo => {
  const sum = (key: string): string => String(hosts.reduce((total, host) => total + Number(host[key] ?? 0), 0));
  const level = (key: string): string => hosts.reduce((text, host) => common(text, host[key] ?? ''), '');
  return {
    vendor: hosts.at(-1)?.['vendor'] ?? '',
    cpu_count: sum('cpu_count'),
    socket_count: sum('socket_count'),
    features_hvm_host: level('features_hvm_host'),
    features_pv_host: level('features_pv_host'),
  };
};

/** Brings the pool's level in line with its hosts. */
export const levelPool = ({ self, log }: Pick<Services, 'self' | 'log'>, tx: Tx): void => {
  const before = tx.need('pool', self.pool).cpu_info;
  const now = poolCpuInfo([...tx.all('host')].map(([, host]) => host.cpu_info));
  tx.update('pool', self.pool, { cpu_info: now });
  for (const key of ['features_hvm_host', 'features_pv_host']) {
    const [was, is] = [parseFeatureset(before[key] ?? '') ?? [], parseFeatureset(now[key] ?? '') ?? []];
    if (!hasFeatures(was) || featuresetText(was) === featuresetText(is)) continue;
    const [lost, won] = [featureNames(featuresBeyond(was, is)), featureNames(featuresBeyond(is, was))];
    log.warn('guests boot with other processor features from now on', { level: key, lost: lost.join(' '), won: won.join(' ') });
  }
};

const kindOf = (vm: Pick<RecordOf<'VM'>, 'domain_type' | 'HVM_boot_policy'>): Kind =>
  vm.domain_type === 'pv' && vm.HVM_boot_policy === '' ? 'pv' : 'hvm';

const asked = ({ platform }: Pick<RecordOf<'VM'>, 'platform'>): Featureset | undefined => {
  const text = platform['featureset'] ?? '';
  if (text === '') return undefined;
  const found = parseFeatureset(text);
  if (found === undefined || !hasFeatures(found)) {
    const reason = 'It is words of eight hexadecimal digits, joined by -, as host-get-cpu-features shows them';
    throw new XenError('INVALID_VALUE', ['platform:featureset', text, reason]);
  }
  return found;
};

type Bootable = Pick<RecordOf<'VM'>, 'domain_type' | 'HVM_boot_policy' | 'platform' | 'power_state' | 'last_boot_CPU_flags'>;

const nextBoot = (db: Reader, vm: Bootable): string => {
  const wish = asked(vm);
  const [pool] = [...db.all('pool')].map(([, record]) => record.cpu_info);
  const level = pool?.[`features_${kindOf(vm)}_host`] ?? '';
  return wish === undefined ? level : common(level, featuresetText(wish));
};

/** What a guest of this VM has, or has when it boots next; undefined where nobody levels it. Throws INVALID_VALUE for a wish that is none. */
export const cpuFeaturesOf = (db: Reader, vm: Bootable): string | undefined => {
  const text = vm.power_state === 'Halted' ? nextBoot(db, vm) : (vm.last_boot_CPU_flags['features'] ?? '');
  return text === '' ? undefined : text;
};

/** What is written down of a guest that boots on this host with these. A host that tells nothing levels nothing, whatever was wished. */
export const bootFlags = ({ cpu_info: info }: Pick<RecordOf<'host'>, 'cpu_info'>, features: string): CpuInfo => {
  const levels = ['features_hvm_host', 'features_pv_host'].some(key => (info[key] ?? '') !== '');
  return { vendor: info['vendor'] ?? '', features: levels ? features : '' };
};

/** What a guest of this VM has that booted on such a host and was not levelled. */
export const flagsOf = (
  { vendor, guestFeatures }: HypervisorInfo['cpu'],
  vm: Pick<RecordOf<'VM'>, 'domain_type' | 'HVM_boot_policy'>,
): CpuInfo => ({
  vendor,
  features: guestFeatures?.[kindOf(vm)].atBoot ?? '',
});

export interface Processors {
  readonly hostName: string;
  readonly vendor: string;
  /** The most that it takes, by kind of guest; empty where it tells nothing. */
  readonly pv: string;
  readonly hvm: string;
}

export const processorsOf = (hostName: string, { vendor, guestFeatures }: HypervisorInfo['cpu']): Processors => ({
  hostName,
  vendor,
  pv: guestFeatures?.pv.atMost ?? '',
  hvm: guestFeatures?.hvm.atMost ?? '',
});

export interface Incompatibility {
  /** Goes on after "… cannot go on running there: ". */
  readonly reason: string;
  /** With these it could have come. Absent where no features would help. */
  readonly featureset?: string;
}

/** What a guest that has run needs of a host's processors and does not find; undefined when all is there, or nobody knows. */
export const incompatibility = (
  vm: Pick<RecordOf<'VM'>, 'domain_type' | 'HVM_boot_policy' | 'last_boot_CPU_flags'>,
  { hostName, vendor, ...most }: Processors,
): Incompatibility | undefined => {
  const flags = vm.last_boot_CPU_flags;
  const [has, there] = [parseFeatureset(flags['features'] ?? '') ?? [], parseFeatureset(most[kindOf(vm)]) ?? []];
  if (!hasFeatures(has) || !hasFeatures(there)) return undefined;
  const bootedOn = flags['vendor'] ?? '';
  if (bootedOn !== '' && vendor !== '' && bootedOn !== vendor)
    return { reason: `it booted on a processor of ${bootedOn}, and those of host "${hostName}" are of ${vendor}` };
  const missing = featuresBeyond(has, there);
  if (!hasFeatures(missing)) return undefined;
  const reason = `the processors of host "${hostName}" lack ${featureNames(missing).join(', ')}`;
  return { reason, featureset: featuresetText(commonFeatures(has, there)) };
};
