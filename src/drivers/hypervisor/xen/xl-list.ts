// What `xl list -v` prints, as data. A domain's name is whatever somebody gave it, so each line is read from its end.

import { DriverError, type GuestState } from '../../hypervisor.ts';

/** Why a domain has shut down, as Xen numbers it. */
const REASONS = ['poweroff', 'reboot', 'suspend', 'crash', 'watchdog', 'soft-reset'] as const;
export type ShutdownReason = (typeof REASONS)[number];

export interface Domain {
  readonly domid: number;
  /** Empty while the domain is being made. */
  readonly uuid: string;
  readonly name: string;
  readonly memoryBytes: number;
  /** Processors that are switched on. */
  readonly vcpus: number;
  readonly isPaused: boolean;
  /** On its way out: nothing can be asked of it. */
  readonly isDying: boolean;
  /** Set once the domain has stopped for good; it stays until it is destroyed. */
  readonly shutdown?: ShutdownReason | 'unknown';
  readonly cpuSeconds: number;
}

const LINE =
  /^(?<name>.*?) +(?<domid>\d+) +(?<mib>\d+) +(?<vcpus>\d+) +(?<state>[r-][b-][p-][s-][rscw?-][d-]) +(?<seconds>\d+\.\d+) +(?<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) +(?<reason>\d+|-)(?: .*)?$/;
const NO_UUID = '00000000-0000-0000-0000-000000000000';

const shutdownOf = (state: string, reason: string): Pick<Domain, 'shutdown'> => {
  if (reason !== '-') return { shutdown: REASONS[Number(reason)] ?? 'unknown' };
  return state[3] === 's' ? { shutdown: 'unknown' } : {};
};

const domainOf = (fields: Readonly<Record<string, string>>): Domain => {
  const state = fields['state'] ?? '';
  const uuid = fields['uuid'] ?? '';
  return {
    domid: Number(fields['domid']),
    uuid: uuid === NO_UUID ? '' : uuid,
    name: fields['name'] ?? '',
    memoryBytes: Number(fields['mib']) * 2 ** 20,
    vcpus: Number(fields['vcpus']),
    isPaused: state[2] === 'p',
    isDying: state[5] === 'd',
    ...shutdownOf(state, fields['reason'] ?? '-'),
    cpuSeconds: Number(fields['seconds']),
  };
};

/** Domain 0 is left out. Throws DriverError `failed` for what is no such list. */
export const parseDomainList = (text: string): readonly Domain[] => {
  const [heading = '', ...lines] = text.split('\n');
  if (!/^Name +ID +Mem VCPUs\s+State\s+Time\(s\) +UUID/.test(heading)) {
    throw new DriverError('failed', `xl printed no list of domains: ${heading.slice(0, 200)}`);
  }
  const domains = lines
    .map(line => LINE.exec(line.replaceAll('\t', ' '))?.groups)
    .filter(groups => groups !== undefined)
    .map(domainOf);
  return domains.filter(({ domid }) => domid !== 0);
};

/** A domain that has shut down of itself is on its way out, but for a crash, which stays to be looked at. */
export const guestStateOf = (domain: Domain): GuestState => {
  if (domain.shutdown === 'crash' || domain.shutdown === 'watchdog') return 'crashed';
  if (domain.shutdown === 'suspend') return 'migrated';
  return domain.isPaused ? 'paused' : 'running';
};
